import { sha256 } from "../../lib/core/hash.ts";
import { random } from "../../lib/core/random.ts";
import { batchRoutes } from "./server_batches.ts";

/** What the server may do instead of a good answer. */
export const FAULTS = [
  "429",
  "500",
  "503",
  "reset",
  "half",
  "silent",
  "broken envelope",
  "malformed",
  "refusal",
  "truncated",
  "empty",
  "wrong count",
] as const;
/** These, and what proxies and odd servers do. */
export const ALL_FAULTS = [...FAULTS, "page", "drip", "surrogate", "error in a 200", "no usage"] as const;
export type Fault = typeof ALL_FAULTS[number];

export interface ServerOptions {
  seed?: number;
  /** Share of requests that meet a fault. @default 0 */
  faults?: number;
  kinds?: readonly Fault[];
  /** Milliseconds before it answers. @default 0 */
  latency?: number;
  key?: string;
  /** Answers to what messages say. @default two passages made of the messages' hash */
  content?: (messages: readonly { content: string }[]) => string;
  /** Response formats it knows. @default all */
  formats?: readonly string[];
}

export interface TestServer extends AsyncDisposable {
  readonly baseURL: string;
  /** Requests by the hash of their messages: how often they came, how often a whole answer was written. */
  readonly seen: Map<string, { came: number; answered: number }>;
  readonly bodies: Record<string, unknown>[];
  readonly faults: Map<Fault, number>;
  /** When requests arrived. */
  readonly times: number[];
  /** Most requests under way at once. */
  peak: number;
  came: number;
  /** Called when a request has come; a test kills somebody here. */
  onRequest?: (count: number) => void;
}

/** Two passages that pass every guard, made of the messages alone. */
export function goodContent(messages: readonly { content: string }[]): string {
  const draw = random(JSON.stringify(messages));
  const words = "river stone light paper metal garden winter engine signal market kitchen harbour".split(" ");
  const sentence = () =>
    `The ${Array.from({ length: 12 }, () => words[draw.integer(words.length)]).join(" ")} is of the town.`;
  const passage = () => ({
    title: `About the ${words[draw.integer(words.length)]}`,
    text: `${sentence()} ${sentence()}`,
  });
  return JSON.stringify({ reflection: "They lack the answer.", hard_negatives: [passage(), passage()] });
}

export function messagesKey(messages: unknown): string {
  return sha256(JSON.stringify(messages));
}

/** A server on loopback that answers as OpenAI does, faults included; every fault is drawn from the seed. */
export function serve(options: ServerOptions = {}): TestServer {
  const { seed = 1, faults = 0, kinds = FAULTS, latency = 0, key, content = goodContent, formats } = options;
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const draw = random(seed);
  const open = new Set<Deno.Conn>();
  const batches = batchRoutes((body) => answer(body as Body));
  const server: TestServer = {
    baseURL: `http://127.0.0.1:${listener.addr.port}/v1`,
    seen: new Map(),
    bodies: [],
    faults: new Map(),
    times: [],
    peak: 0,
    came: 0,
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const connection of open) tryClose(connection);
      await accepting;
    },
  };
  let under = 0;

  interface Body {
    messages: { content: string }[];
    stream?: boolean;
    response_format?: { type: string };
  }

  function answer(body: Body, fault?: Fault) {
    let text = content(body.messages);
    let finish = "stop";
    let refusal: string | null = null;
    if (fault === "malformed") text = `Sure! {"hard_negs": "oops ${key ?? ""}`;
    if (fault === "refusal") [text, refusal] = ["", "I'm sorry, but I can't help with that."];
    if (fault === "truncated") [text, finish] = [text.slice(0, Math.floor(text.length / 4)), "length"];
    if (fault === "empty") text = "";
    if (fault === "surrogate") text = text.replace("The ", "The \ud83d ");
    if (fault === "wrong count") {
      const reply = JSON.parse(text);
      text = JSON.stringify({ ...reply, hard_negatives: reply.hard_negatives.slice(0, 1) });
    }
    const usage = { prompt_tokens: Math.ceil(JSON.stringify(body.messages).length / 4), completion_tokens: 100 };
    return {
      id: "chatcmpl-1",
      object: "chat.completion",
      model: "test",
      choices: [{ index: 0, message: { role: "assistant", content: text, refusal }, finish_reason: finish }],
      usage: fault === "no usage" ? null : { ...usage, total_tokens: usage.prompt_tokens + usage.completion_tokens },
    };
  }

  const handle = async (connection: Deno.Conn, request: Incoming) => {
    const json = (status: number, body: unknown, headers: Record<string, string> = {}) =>
      respond(connection, status, typeof body === "string" ? body : JSON.stringify(body), headers);
    if (key !== undefined && request.headers.get("authorization") !== `Bearer ${key}`) {
      const message = `Incorrect API key provided: ${request.headers.get("authorization")}`;
      return await json(401, { error: { message, code: "invalid_api_key" } });
    }
    const routed = await batches(request);
    if (routed) return await json(routed.status, routed.body);
    if (!request.path.endsWith("/chat/completions")) {
      return await json(404, { error: { message: `no such path: ${request.path}` } });
    }
    const body: Body = JSON.parse(new TextDecoder().decode(request.body));
    const type = body.response_format?.type ?? "text";
    if (formats && !formats.includes(type)) {
      return await json(400, { error: { message: `response_format of type ${type} is not supported` } });
    }
    const number = server.came++;
    server.times.push(performance.now());
    server.bodies.push(body as unknown as Record<string, unknown>);
    const id = messagesKey(body.messages);
    const seen = server.seen.get(id) ?? { came: 0, answered: 0 };
    seen.came++;
    server.seen.set(id, seen);
    server.onRequest?.(server.came);
    const luck = draw.fork(number);
    const drawn = luck.next() < faults ? kinds[luck.integer(kinds.length)] : undefined;
    // A page before a first good answer is a wrong address, and ends the run.
    const fault = drawn === "page" && number < 200 ? "503" : drawn;
    if (fault) server.faults.set(fault, (server.faults.get(fault) ?? 0) + 1);
    if (latency > 0) await new Promise((resolve) => setTimeout(resolve, latency));
    const echo = `upstream trouble, authorization: Bearer ${key ?? ""}`;
    if (fault === "429") {
      const wait: Record<string, string> = luck.integer(2) === 0
        ? { "retry-after-ms": "20" }
        : { "retry-after": "0.02" };
      return await json(429, { error: { message: "Rate limit reached" } }, wait);
    }
    if (fault === "500" || fault === "503") return await json(Number(fault), { error: { message: echo } });
    if (fault === "reset") return tryClose(connection);
    if (fault === "silent") return;
    if (fault === "page") {
      return await respond(connection, 200, "<html>one moment</html>", { "content-type": "text/html" });
    }
    if (fault === "error in a 200") return await json(200, { error: { message: echo, code: 502 } });
    if (fault === "drip") return await drip(connection);
    const whole = JSON.stringify(answer(body, fault));
    if (fault === "broken envelope") return await json(200, whole.slice(0, whole.length / 2));
    if (body.stream) {
      await streamed(connection, answer(body, fault), fault === "half");
    } else if (fault === "half") {
      await respond(connection, 200, whole, {}, Math.floor(whole.length / 2));
      return tryClose(connection);
    } else await json(200, whole);
    if (fault !== "half") seen.answered++;
  };

  const talk = async (connection: Deno.Conn) => {
    open.add(connection);
    try {
      for await (const request of requests(connection)) {
        server.peak = Math.max(server.peak, ++under);
        try {
          await handle(connection, request);
        } finally {
          under--;
        }
      }
    } catch { /* the other side went away */ }
    open.delete(connection);
    tryClose(connection);
  };
  const accepting = (async () => {
    try {
      for await (const connection of listener) void talk(connection);
    } catch { /* closed */ }
  })();
  return server;
}

export interface Incoming {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** Requests of one connection, HTTP/1.1 with content-length or chunks. */
async function* requests(connection: Deno.Conn): AsyncGenerator<Incoming> {
  let buffer = new Uint8Array(0);
  const more = async () => {
    const block = new Uint8Array(65536);
    const read = await connection.read(block);
    if (read === null) return false;
    const joined = new Uint8Array(buffer.length + read);
    joined.set(buffer);
    joined.set(block.subarray(0, read), buffer.length);
    buffer = joined;
    return true;
  };
  const until = async (mark: string, from = 0): Promise<number> => {
    while (true) {
      const at = new TextDecoder("latin1").decode(buffer).indexOf(mark, from);
      if (at >= 0) return at;
      if (!await more()) return -1;
    }
  };
  while (true) {
    const end = await until("\r\n\r\n");
    if (end < 0) return;
    const [first, ...lines] = new TextDecoder("latin1").decode(buffer.subarray(0, end)).split("\r\n");
    const headers = new Headers(lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon), line.slice(colon + 1).trim()] as [string, string];
    }));
    buffer = buffer.slice(end + 4);
    let body = new Uint8Array(0);
    if (headers.get("transfer-encoding") === "chunked") {
      while (true) {
        const line = await until("\r\n");
        const size = parseInt(new TextDecoder().decode(buffer.subarray(0, line)), 16);
        while (buffer.length < line + 2 + size + 2) if (!await more()) return;
        const joined = new Uint8Array(body.length + size);
        joined.set(body);
        joined.set(buffer.subarray(line + 2, line + 2 + size), body.length);
        body = joined;
        buffer = buffer.slice(line + 2 + size + 2);
        if (size === 0) break;
      }
    } else {
      const length = Number(headers.get("content-length") ?? 0);
      while (buffer.length < length) if (!await more()) return;
      body = buffer.slice(0, length);
      buffer = buffer.slice(length);
    }
    const [method, path] = first.split(" ");
    yield { method, path, headers, body };
  }
}

async function respond(
  connection: Deno.Conn,
  status: number,
  body: string,
  headers: Record<string, string>,
  limit = Infinity,
): Promise<void> {
  const bytes = new TextEncoder().encode(body);
  const lines = { "content-type": "application/json", "content-length": String(bytes.length), ...headers };
  const head = Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`).join("");
  await write(connection, new TextEncoder().encode(`HTTP/1.1 ${status} X\r\n${head}\r\n`));
  await write(connection, bytes.subarray(0, Math.min(limit, bytes.length)));
}

/** A head, then a blank every 50 ms until the other side goes away. */
async function drip(connection: Deno.Conn): Promise<void> {
  const head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n";
  await write(connection, new TextEncoder().encode(head));
  while (true) {
    await write(connection, new Uint8Array([32]));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

interface Answer {
  choices: { message: { content: string; refusal: string | null }; finish_reason: string }[];
  usage: unknown;
}

/** The answer as server-sent events, eighty characters a piece; `half` of it, then the connection breaks. */
async function streamed(connection: Deno.Conn, { choices: [choice], usage }: Answer, half: boolean): Promise<void> {
  const { content, refusal } = choice.message;
  const pieces = content.match(/.{1,80}/gs) ?? [];
  const events = [
    ...pieces.map((piece) => ({ choices: [{ delta: { content: piece }, finish_reason: null }] })),
    ...(refusal ? [{ choices: [{ delta: { refusal }, finish_reason: null }] }] : []),
    { choices: [{ delta: {}, finish_reason: choice.finish_reason }] },
    { choices: [], usage },
  ];
  const text = [...events.map((event) => `data: ${JSON.stringify(event)}\n\n`), "data: [DONE]\n\n"];
  const sent = half ? text.slice(0, text.length / 2) : text;
  const encoder = new TextEncoder();
  await write(
    connection,
    encoder.encode("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"),
  );
  for (const event of sent) {
    const bytes = encoder.encode(event);
    await write(connection, encoder.encode(`${bytes.length.toString(16)}\r\n${event}\r\n`));
  }
  if (half) tryClose(connection);
  else await write(connection, encoder.encode("0\r\n\r\n"));
}

async function write(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}

function tryClose(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch { /* closed already */ }
}
