import { goodContent } from "./server.ts";

/** What a scripted server was sent. */
export interface Sent {
  readonly messages: { content: string }[];
  readonly response_format?: { type: string; json_schema?: { schema: Record<string, unknown> } };
}

export interface Scripted extends AsyncDisposable {
  readonly baseURL: string;
  readonly bodies: Sent[];
}

/** A server whose every answer is the test's own: `answer` of the request's number, from 0, and its body. */
export function script(answer: (number: number, body: Sent) => Response | Promise<Response>): Scripted {
  const bodies: Sent[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const body = await request.json() as Sent;
    bodies.push(body);
    return await answer(bodies.length - 1, body);
  });
  return {
    baseURL: `http://127.0.0.1:${server.addr.port}/v1`,
    bodies,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** A good answer, with the usage given. */
export function good(body: Sent, usage?: unknown): Response {
  return says(goodContent(body.messages), { usage });
}

/** An answer with this content. */
export function says(
  content: string,
  { usage, ...choice }: { usage?: unknown; finish_reason?: string } = {},
): Response {
  const message = { role: "assistant", content };
  return json({
    choices: [{ index: 0, message, finish_reason: "stop", ...choice }],
    ...(usage === undefined ? {} : { usage }),
  });
}

/** An answer of JSON. */
export function json(body: unknown, init?: ResponseInit): Response {
  return new Response(JSON.stringify(body), { headers: { "content-type": "application/json" }, ...init });
}

/** A body without an end, or one that drips a byte every few milliseconds. */
export function endless({ drip }: { drip?: number } = {}, init?: ResponseInit): Response {
  const block = new Uint8Array(drip === undefined ? 65536 : 1).fill(32);
  return new Response(
    new ReadableStream<Uint8Array>({
      async pull(controller) {
        if (drip !== undefined) await new Promise((resolve) => setTimeout(resolve, drip));
        controller.enqueue(block);
      },
    }, { highWaterMark: 0 }),
    init,
  );
}
