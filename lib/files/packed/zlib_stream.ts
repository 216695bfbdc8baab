import type { Transform } from "node:stream";

/** Drives a stream of node:zlib step by step: takes bytes, returns the blocks that they unpack to. */
export class ZlibStream {
  readonly #stream: Transform;
  readonly #ended: Promise<void>;
  readonly #failed: Promise<never>;
  #blocks: Uint8Array[] = [];

  /** Wraps an unpacking stream. */
  constructor(stream: Transform) {
    this.#stream = stream;
    stream.on("data", (block: Uint8Array) => this.#blocks.push(block));
    this.#ended = new Promise((resolve) => stream.once("end", resolve));
    this.#failed = new Promise((_, reject) => stream.once("error", ({ message }) => reject(new RangeError(message))));
    this.#failed.catch(() => {});
  }

  /**
   * Unpacks compressed bytes.
   *
   * @throws {RangeError} if they are broken.
   */
  async write(bytes: Uint8Array): Promise<Uint8Array[]> {
    await Promise.race([new Promise<void>((resolve) => this.#stream.write(bytes, () => resolve())), this.#failed]);
    return this.#take();
  }

  /**
   * Ends the stream and returns its last blocks.
   *
   * @throws {RangeError} if the stream is incomplete.
   */
  async end(): Promise<Uint8Array[]> {
    this.#stream.end();
    await Promise.race([this.#ended, this.#failed]);
    return this.#take();
  }

  /** Destroys the stream. */
  [Symbol.dispose](): void {
    this.#stream.destroy();
  }

  #take(): Uint8Array[] {
    const blocks = this.#blocks;
    this.#blocks = [];
    return blocks;
  }
}
