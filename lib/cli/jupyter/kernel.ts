import { join, resolve } from "node:path";
import { KitError } from "../../core/errors.ts";
import { pause } from "../../core/pause.ts";
import { decodeMessage, encodeRequest, type Message } from "./message.ts";
import type { Output } from "./notebook.ts";
import { ZmtpSocket } from "./zmtp.ts";

/** Options of {@link Kernel.execute}. */
export interface ExecuteOptions {
  /** Called after every change of the outputs. */
  onOutput?: (outputs: readonly Output[]) => void;
  /**
   * Milliseconds that the cell may take.
   *
   * @default {300000}
   */
  timeout?: number;
}

/** Result of running a cell. */
export interface Execution {
  readonly outputs: Output[];
  readonly count: number | null;
  readonly ok: boolean;
}

/** Milliseconds without a message that end a cell: outputs may follow the kernel's idle status. */
const QUIET = 120;

/** Folder of connection files while a kernel runs. */
const SCRATCH = resolve(import.meta.dirname!, "..", "..", "..", "tests", ".output");

/** A running `deno jupyter --kernel`. */
export class Kernel {
  readonly #process: Deno.ChildProcess;
  readonly #key: string;
  readonly #session = crypto.randomUUID();
  readonly #folder: string;
  #shell!: ZmtpSocket;
  #control!: ZmtpSocket;
  #iopub!: ZmtpSocket;
  readonly #listeners = new Set<(message: Message) => void>();
  #ended = false;

  private constructor(process: Deno.ChildProcess, key: string, folder: string) {
    this.#process = process;
    this.#key = key;
    this.#folder = folder;
    process.status.then(() => this.#ended = true);
  }

  /**
   * Starts a kernel with the working directory `folder`.
   *
   * @throws {KitError} if it does not answer within a minute.
   */
  static async start(folder: string): Promise<Kernel> {
    await Deno.mkdir(SCRATCH, { recursive: true });
    const scratch = await Deno.makeTempDir({ dir: SCRATCH, prefix: "kernel-" });
    const ports = freePorts(5);
    const key = crypto.randomUUID();
    const [shell_port, control_port, iopub_port, stdin_port, hb_port] = ports;
    const connection = { ip: "127.0.0.1", transport: "tcp", key, signature_scheme: "hmac-sha256", kernel_name: "deno" };
    const file = join(scratch, "connection.json");
    const all = { ...connection, shell_port, control_port, iopub_port, stdin_port, hb_port };
    await Deno.writeTextFile(file, JSON.stringify(all));
    const process = new Deno.Command(Deno.execPath(), {
      args: ["jupyter", "--kernel", "--conn", file],
      cwd: folder,
      // Committed outputs hold no terminal colors, whoever runs them.
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const kernel = new Kernel(process, key, scratch);
    try {
      kernel.#iopub = await kernel.#connect(iopub_port, "SUB");
      kernel.#shell = await kernel.#connect(shell_port, "DEALER");
      kernel.#control = await kernel.#connect(control_port, "DEALER");
      for (const socket of [kernel.#iopub, kernel.#shell, kernel.#control]) void kernel.#listen(socket);
      await kernel.#subscribed();
      return kernel;
    } catch (error) {
      await kernel.close();
      throw error;
    }
  }

  /** Runs code as a cell; resolves after its last output. */
  async execute(code: string, options: ExecuteOptions = {}): Promise<Execution> {
    const outputs: Output[] = [];
    const displays = new Map<string, Output[]>();
    let count: number | null = null;
    let [idle, last] = [false, performance.now()];
    let reply: Message | undefined;
    const request = { code, silent: false, store_history: true, user_expressions: {}, allow_stdin: false };
    const [id, frames] = encodeRequest("execute_request", request, this.#session, this.#key);
    const listener = (message: Message) => {
      if (message.parent !== id) return;
      last = performance.now();
      if (message.type === "execute_reply") reply = message;
      else if (message.type === "status") idle ||= message.content.execution_state === "idle";
      else if (message.type === "execute_input") count = message.content.execution_count;
      else if (collect(message, outputs, displays)) options.onOutput?.(outputs);
    };
    this.#listeners.add(listener);
    try {
      await this.#shell.send(frames);
      const deadline = performance.now() + (options.timeout ?? 300_000);
      while (!(reply && idle && performance.now() - last >= QUIET)) {
        if (this.#ended) throw new KitError("The kernel ended while a cell ran");
        if (performance.now() > deadline) throw new KitError(`A cell ran longer than ${options.timeout ?? 300_000} ms`);
        await pause(20);
      }
      return { outputs, count, ok: reply.content.status === "ok" };
    } finally {
      this.#listeners.delete(listener);
    }
  }

  /** Interrupts the running cell with SIGINT, as Jupyter's stop button does. */
  interrupt(): void {
    this.#process.kill("SIGINT");
  }

  /** Whether the process runs. */
  get alive(): boolean {
    return !this.#ended;
  }

  /** Ends the kernel, by force after two seconds. */
  async close(): Promise<void> {
    if (!this.#ended && this.#control) {
      const [, frames] = encodeRequest("shutdown_request", { restart: false }, this.#session, this.#key);
      await this.#control.send(frames).catch(() => {});
    }
    const late = pause(this.#control ? 2000 : 0).then(() => "late");
    if (await Promise.race([this.#process.status, late]) === "late") this.#process.kill("SIGKILL");
    await this.#process.status;
    for (const socket of [this.#shell, this.#control, this.#iopub]) socket?.close();
    await Deno.remove(this.#folder, { recursive: true });
  }

  /** Ends the kernel. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #connect(port: number, kind: "SUB" | "DEALER"): Promise<ZmtpSocket> {
    const deadline = performance.now() + 60_000;
    for (;;) {
      try {
        return await ZmtpSocket.connect(port, kind, this.#session);
      } catch (error) {
        if (this.#ended) throw new KitError("The kernel ended before it answered", {}, { cause: error });
        if (performance.now() > deadline) throw new KitError("The kernel did not answer within a minute");
        await pause(50);
      }
    }
  }

  /** Sends requests until iopub delivers: messages published before the subscription arrives are lost. */
  async #subscribed(): Promise<void> {
    const heard = { status: false };
    const listener = (message: Message) => heard.status ||= message.type === "status";
    this.#listeners.add(listener);
    const deadline = performance.now() + 60_000;
    while (!heard.status) {
      if (this.#ended || performance.now() > deadline) throw new KitError("The kernel does not publish its status");
      await this.#shell.send(encodeRequest("kernel_info_request", {}, this.#session, this.#key)[1]);
      for (let i = 0; i < 10 && !heard.status; i++) await pause(20);
    }
    this.#listeners.delete(listener);
  }

  async #listen(socket: ZmtpSocket): Promise<void> {
    for (;;) {
      const frames = await socket.receive();
      if (!frames) return;
      const message = decodeMessage(frames, this.#key);
      for (const listener of this.#listeners) listener(message);
    }
  }
}

/** Adds a message's output to `outputs`, as a notebook stores it. Returns whether it changed them. */
function collect({ type, content }: Message, outputs: Output[], displays: Map<string, Output[]>): boolean {
  if (type === "stream") {
    const before = outputs.at(-1);
    if (before?.output_type === "stream" && before.name === content.name) before.text += content.text;
    else outputs.push({ output_type: "stream", name: content.name, text: content.text });
  } else if (type === "display_data" || type === "execute_result") {
    const output: Output = { output_type: type, data: content.data, metadata: content.metadata ?? {} };
    if (type === "execute_result") output.execution_count = content.execution_count;
    outputs.push(output);
    const id = content.transient?.display_id;
    if (id) displays.set(id, [...displays.get(id) ?? [], output]);
  } else if (type === "update_display_data") {
    for (const output of displays.get(content.transient?.display_id) ?? []) {
      Object.assign(output, { data: content.data, metadata: content.metadata ?? {} });
    }
  } else if (type === "error") {
    outputs.push({ output_type: "error", ename: content.ename, evalue: content.evalue, traceback: content.traceback });
  } else if (type === "clear_output") outputs.length = 0;
  else return false;
  return true;
}

/** Different ports that are free now. */
function freePorts(number: number): number[] {
  const listeners = Array.from({ length: number }, () => Deno.listen({ hostname: "127.0.0.1", port: 0 }));
  const ports = listeners.map((listener) => (listener.addr as Deno.NetAddr).port);
  for (const listener of listeners) listener.close();
  return ports;
}
