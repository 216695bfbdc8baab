const TEXT = new TextEncoder();

/**
 * Writes a protobuf message field by field. Large byte fields stay views and are copied once, when the message is encoded.
 */
export class Message {
  readonly #parts: Uint8Array[] = [];
  #size = 0;

  /** An integer field (int32, int64, enum); negative numbers take ten bytes, as the format requires. */
  int(field: number, value: number | bigint): this {
    return this.#push(varint(BigInt(field) << 3n), varint(BigInt.asUintN(64, BigInt(value))));
  }

  /** A float field. */
  float(field: number, value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return this.#push(varint(BigInt(field) << 3n | 5n), bytes);
  }

  /** A string field. */
  string(field: number, value: string): this {
    return this.bytes(field, TEXT.encode(value));
  }

  /** A bytes field. */
  bytes(field: number, value: Uint8Array): this {
    return this.#push(varint(BigInt(field) << 3n | 2n), varint(BigInt(value.length)), value);
  }

  /** A field that is a message. */
  message(field: number, value: Message): this {
    this.#push(varint(BigInt(field) << 3n | 2n), varint(BigInt(value.#size)));
    // Not spread: a large graph has more parts than a call can take arguments.
    for (const part of value.#parts) this.#push(part);
    return this;
  }

  /** Bytes of the whole message. */
  encode(): Uint8Array {
    const bytes = new Uint8Array(this.#size);
    let offset = 0;
    for (const part of this.#parts) {
      bytes.set(part, offset);
      offset += part.length;
    }
    return bytes;
  }

  /** Number of bytes so far. */
  get size(): number {
    return this.#size;
  }

  #push(...parts: Uint8Array[]): this {
    for (const part of parts) {
      this.#parts.push(part);
      this.#size += part.length;
    }
    return this;
  }
}

function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  do {
    const low = Number(value & 127n);
    value >>= 7n;
    bytes.push(value === 0n ? low : low | 128);
  } while (value !== 0n);
  return Uint8Array.from(bytes);
}
