import { KitError } from "../../core/errors.ts";

/** Sockets that a Jupyter client opens. */
export type SocketKind = "DEALER" | "SUB" | "REQ";

/**
 * A ZeroMQ socket over TCP: the part of ZMTP 3.0 (rfc.zeromq.org/spec/23) with the NULL mechanism that a kernel's client
 * needs. A SUB socket subscribes to everything.
 */
export class ZmtpSocket {
  readonly #connection: Deno.TcpConn;
  #buffer = new Uint8Array(0);
  #sending: Promise<unknown> = Promise.resolve();

  private constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  /** Connects and performs the handshake. */
  static async connect(port: number, kind: SocketKind, identity = ""): Promise<ZmtpSocket> {
    const socket = new ZmtpSocket(await Deno.connect({ hostname: "127.0.0.1", port }));
    try {
      await socket.#greet();
      await socket.#write(frame(0x04, ready(kind, identity)));
      const [flags] = await socket.#frame();
      if (flags !== 0x04) throw new KitError(`Cannot connect to port ${port}: found a message before READY`);
      if (kind === "SUB") await socket.#write(frame(0, Uint8Array.of(1)));
      return socket;
    } catch (error) {
      socket.close();
      throw error;
    }
  }

  /** Sends one message of several frames. */
  send(frames: readonly Uint8Array[]): Promise<void> {
    return this.#write(join(frames.map((part, i) => frame(i < frames.length - 1 ? 1 : 0, part))));
  }

  /** The next message; undefined after the peer has closed. */
  async receive(): Promise<Uint8Array[] | undefined> {
    const frames: Uint8Array[] = [];
    try {
      for (;;) {
        const [flags, body] = await this.#frame();
        if (flags & 4) continue;
        frames.push(body);
        if (!(flags & 1)) return frames;
      }
    } catch (error) {
      if (error instanceof EndOfStream || error instanceof Deno.errors.BadResource) return undefined;
      if (error instanceof Deno.errors.Interrupted || error instanceof Deno.errors.ConnectionReset) return undefined;
      throw error;
    }
  }

  /** Closes the connection; a second call has no effect. */
  close(): void {
    try {
      this.#connection.close();
    } catch (error) {
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
  }

  async #greet(): Promise<void> {
    const greeting = new Uint8Array(64);
    greeting.set([0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0x7f, 3, 0]);
    greeting.set(ASCII.encode("NULL"), 12);
    await this.#write(greeting);
    const other = await this.#read(64);
    if (other[0] !== 0xff || other[9] !== 0x7f || other[10] < 3) {
      throw new KitError("Cannot connect: the peer does not speak ZMTP 3");
    }
  }

  async #frame(): Promise<[number, Uint8Array]> {
    const [flags] = await this.#read(1);
    const size = flags & 2
      ? Number(new DataView((await this.#read(8)).buffer).getBigUint64(0))
      : (await this.#read(1))[0];
    return [flags & ~2, await this.#read(size)];
  }

  /** Exactly `size` bytes, copied. */
  async #read(size: number): Promise<Uint8Array<ArrayBuffer>> {
    while (this.#buffer.length < size) {
      const block = new Uint8Array(65536);
      const count = await this.#connection.read(block);
      if (count === null) throw new EndOfStream();
      this.#buffer = join([this.#buffer, block.subarray(0, count)]);
    }
    const bytes = this.#buffer.slice(0, size);
    this.#buffer = this.#buffer.subarray(size);
    return bytes;
  }

  #write(bytes: Uint8Array): Promise<void> {
    const write = async () => {
      for (let at = 0; at < bytes.length;) at += await this.#connection.write(bytes.subarray(at));
    };
    const sending = this.#sending.then(write);
    this.#sending = sending.catch(() => {});
    return sending;
  }
}

class EndOfStream extends Error {}

const ASCII = new TextEncoder();

function frame(flags: number, body: Uint8Array): Uint8Array {
  if (body.length < 256) return join([Uint8Array.of(flags, body.length), body]);
  const head = new Uint8Array(9);
  head[0] = flags | 2;
  new DataView(head.buffer).setBigUint64(1, BigInt(body.length));
  return join([head, body]);
}

function ready(kind: SocketKind, identity: string): Uint8Array {
  const property = (name: string, value: string) => {
    const size = new Uint8Array(4);
    new DataView(size.buffer).setUint32(0, value.length);
    return join([Uint8Array.of(name.length), ASCII.encode(name), size, ASCII.encode(value)]);
  };
  const name = join([Uint8Array.of(5), ASCII.encode("READY")]);
  return join([name, property("Socket-Type", kind), property("Identity", identity)]);
}

function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
