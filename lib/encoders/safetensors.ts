import { KitError } from "../core/errors.ts";
import { refusePointer } from "../files/packed/unpack.ts";
import { floats, integers } from "./tensor_numbers.ts";

/**
 * A tensor as float32, row by row.
 *
 * @category Encoders
 */
export interface WeightTensor {
  /** Its shape. */
  readonly shape: readonly number[];
  /** Its values, row by row. */
  readonly data: Float32Array;
}

/** Position of a tensor in a file. */
interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

const BYTES: Readonly<Record<string, number>> = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  I64: 8,
  U64: 8,
  F64: 8,
};

/** Longest accepted header, as in the reference implementation. */
const LONGEST_HEADER = 100_000_000;

/**
 * An opened safetensors file. Its header is checked: every tensor's bytes are inside the file, fit its shape, and overlap
 * no other's. Tensors are read one by one, as float32 (from F32, F16, BF16, F64, or I8 with a scale per row
 * in a tensor called `<name>.scale`).
 * @category Encoders
 */
export class Safetensors {
  /** Path of the file. */
  readonly file: string;
  /** `__metadata__` of the header. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly #entries: ReadonlyMap<string, Entry>;
  readonly #start: number;

  private constructor(
    file: string,
    metadata: Record<string, string>,
    entries: ReadonlyMap<string, Entry>,
    start: number,
  ) {
    this.file = file;
    this.metadata = metadata;
    this.#entries = entries;
    this.#start = start;
  }

  /** Opens a file and checks its header. @throws {KitError} if the file is truncated or its header is wrong. */
  static open(file: string): Safetensors {
    let size: number;
    try {
      const found = Deno.statSync(file);
      if (found.isDirectory) throw new KitError("Cannot open the weights: the path is a folder", { file });
      size = found.size;
    } catch (cause) {
      if (cause instanceof KitError) throw cause;
      throw new KitError("Cannot open the weights: the file does not exist", { file }, { cause });
    }
    const refuse = (why: string, cause?: unknown): never => {
      throw new KitError(`Cannot read safetensors: ${why}`, { file }, { cause });
    };
    if (size < 8) refuse(`the file must have at least 8 bytes, found ${size}`);
    using handle = Deno.openSync(file);
    if (size < 1024) refusePointer(readExactly(handle, size, file), file);
    handle.seekSync(0, Deno.SeekMode.Start);
    const length = new DataView(readExactly(handle, 8, file).buffer).getBigUint64(0, true);
    if (length > BigInt(size - 8)) {
      refuse(`the header claims ${length} bytes, the file holds ${size - 8} after its length`);
    }
    if (length > BigInt(LONGEST_HEADER)) refuse(`the header claims ${length} bytes, more than ${LONGEST_HEADER}`);
    let header: unknown;
    try {
      header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(readExactly(handle, Number(length), file)));
    } catch (cause) {
      if (cause instanceof KitError) throw cause;
      refuse(`the header is not JSON: ${(cause as Error).message}`, cause);
    }
    if (typeof header !== "object" || header === null || Array.isArray(header)) {
      refuse("the header is not a JSON object");
    }
    const start = 8 + Number(length);
    const { __metadata__, ...tensors } = header as Record<string, unknown>;
    const entries = new Map<string, Entry>();
    for (const [name, value] of Object.entries(tensors)) {
      entries.set(name, checkedEntry(name, value, size - start, file));
    }
    let last = 0;
    for (const [name, { begin, end }] of [...entries].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end)) {
      if (begin < last) refuse(`tensor "${name}" begins at ${begin}, inside the previous one, which ends at ${last}`);
      last = end;
    }
    return new Safetensors(file, (__metadata__ ?? {}) as Record<string, string>, entries, start);
  }

  /** Names of the tensors, in the header's order. */
  get names(): string[] {
    return [...this.#entries.keys()];
  }

  /** Whether the file holds a tensor. */
  has(name: string): boolean {
    return this.#entries.has(name);
  }

  /** The shape of a tensor. @throws {KitError} if there is none of this name. */
  shape(name: string): readonly number[] {
    return this.#entry(name).shape;
  }

  /**
   * Reads one tensor as float32.
   *
   * @throws {KitError} if the tensor is missing, has another shape, or contains a NaN or an infinity.
   */
  read(name: string, shape?: readonly number[]): WeightTensor {
    const entry = this.#entry(name);
    if (shape && (shape.length !== entry.shape.length || shape.some((n, i) => n !== entry.shape[i]))) {
      throw new KitError(`Tensor "${name}" must have the shape [${shape}], found [${entry.shape}]`, {
        file: this.file,
      });
    }
    const bytes = this.#bytes(entry);
    const data = floats(bytes, entry.dtype);
    if (data === undefined) {
      throw new KitError(`Tensor "${name}" must be F32, F16, BF16, F64 or I8, found ${entry.dtype}`, {
        file: this.file,
      });
    }
    if (entry.dtype === "I8") this.#scale(name, entry, data);
    for (let i = 0; i < data.length; i++) {
      if (!Number.isFinite(data[i])) {
        throw new KitError(`Tensor "${name}" must be finite, found ${data[i]} at element ${i}`, { file: this.file });
      }
    }
    return { shape: entry.shape, data };
  }

  /**
   * Reads one tensor of whole numbers.
   *
   * @throws {KitError} if the tensor is missing, or of another type.
   */
  indices(name: string): Int32Array {
    const entry = this.#entry(name);
    const found = integers(this.#bytes(entry), entry.dtype);
    if (found) return found;
    throw new KitError(`Tensor "${name}" must be I32 or I64, found ${entry.dtype}`, { file: this.file });
  }

  #scale(name: string, entry: Entry, data: Float32Array): void {
    const { data: scale } = this.read(`${name}.scale`, [entry.shape[0]]);
    const width = data.length / entry.shape[0];
    for (let row = 0; row < scale.length; row++) {
      for (let i = row * width; i < (row + 1) * width; i++) data[i] *= scale[row];
    }
  }

  #entry(name: string): Entry {
    const entry = this.#entries.get(name);
    if (!entry) {
      throw new KitError(`Tensor "${name}" is missing: the file holds ${this.#entries.size} others`, {
        file: this.file,
      });
    }
    return entry;
  }

  #bytes({ begin, end }: Entry): Uint8Array<ArrayBuffer> {
    using handle = Deno.openSync(this.file);
    handle.seekSync(this.#start + begin, Deno.SeekMode.Start);
    return readExactly(handle, end - begin, this.file);
  }
}

function checkedEntry(name: string, value: unknown, room: number, file: string): Entry {
  const refuse = (why: string): never => {
    throw new KitError(`Cannot read safetensors: tensor "${name}" ${why}`, { file });
  };
  const { dtype, shape, data_offsets } = (value ?? {}) as Record<string, unknown>;
  const whole = (n: unknown): n is number => Number.isSafeInteger(n) && (n as number) >= 0;
  const known = typeof dtype === "string" && Object.hasOwn(BYTES, dtype);
  const size = known ? BYTES[dtype] : refuse(`has the unknown type ${JSON.stringify(dtype)}`);
  if (!Array.isArray(shape) || !shape.every(whole)) refuse(`has the shape ${JSON.stringify(shape)}`);
  if (!Array.isArray(data_offsets) || data_offsets.length !== 2 || !data_offsets.every(whole)) {
    refuse(`has the offsets ${JSON.stringify(data_offsets)}`);
  }
  const [begin, end] = data_offsets as [number, number];
  if (begin > end || end > room) refuse(`claims bytes ${begin} to ${end}, the file holds ${room}`);
  const wanted = (shape as number[]).reduce((a, b) => a * b, size);
  if (end - begin !== wanted) refuse(`has ${end - begin} bytes, its shape [${shape}] of ${dtype} needs ${wanted}`);
  return { dtype: dtype as string, shape: shape as number[], begin, end };
}

function readExactly(handle: Deno.FsFile, length: number, file: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length;) {
    const read = handle.readSync(bytes.subarray(at));
    if (read === null) {
      throw new KitError(`Cannot read safetensors: the file ends ${length - at} bytes early`, { file });
    }
    at += read;
  }
  return bytes;
}
