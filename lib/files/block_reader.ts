/** Reads a stream of blocks piece by piece; bytes can be given back. */
export class BlockReader {
  /** Bytes taken so far. */
  taken = 0;
  readonly #blocks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);

  /** Reads from the first block on. */
  constructor(blocks: AsyncIterable<Uint8Array>) {
    this.#blocks = blocks[Symbol.asyncIterator]();
  }

  /** Returns the next bytes without taking them: `length`, or fewer at the end. */
  async peek(length: number): Promise<Uint8Array> {
    while (this.#rest.length < length) {
      const { done, value } = await this.#blocks.next();
      if (done) break;
      const joined = new Uint8Array(this.#rest.length + value.length);
      joined.set(this.#rest);
      joined.set(value, this.#rest.length);
      this.#rest = this.#rest.length === 0 ? value : joined;
    }
    return this.#rest.subarray(0, length);
  }

  /**
   * Takes exactly `length` bytes.
   *
   * @throws {RangeError} if fewer are left.
   */
  async take(length: number): Promise<Uint8Array> {
    const bytes = await this.peek(length);
    if (bytes.length < length) throw new RangeError("it is cut off");
    this.#skip(length);
    return bytes;
  }

  /** Takes up to `most` bytes; undefined at the end. */
  async next(most: number): Promise<Uint8Array | undefined> {
    if ((await this.peek(1)).length === 0) return undefined;
    const bytes = this.#rest.subarray(0, most);
    this.#skip(bytes.length);
    return bytes;
  }

  /** Gives back the last `length` bytes of the last result of {@link next}. */
  giveBack(bytes: Uint8Array, length: number): void {
    this.taken -= length;
    const { buffer, byteOffset } = bytes;
    // The rest still follows `bytes` in its block.
    this.#rest = new Uint8Array(buffer, byteOffset + bytes.length - length, length + this.#rest.length);
  }

  /** The remaining blocks. */
  async *rest(): AsyncGenerator<Uint8Array> {
    for (let block = await this.next(Infinity); block; block = await this.next(Infinity)) yield block;
  }

  /** Closes the stream early. */
  async close(): Promise<void> {
    await this.#blocks.return?.();
  }

  #skip(length: number): void {
    this.taken += length;
    this.#rest = this.#rest.subarray(length);
  }
}
