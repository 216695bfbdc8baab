import * as z from "zod";
import { KitError } from "../../core/errors.ts";
import { explain } from "../../core/explain.ts";
import type { Vectors } from "../../encoders/types.ts";
import { codecOf, type VectorCodec, type VectorPrecision } from "./vector_precision.ts";

const PRECISION = z.enum(["float32", "float16", "int8"]);
const MANIFEST = z.object({
  format: z.literal("syneg-vectors"),
  version: z.literal(1),
  length: z.int().min(1),
  dimension: z.int().min(1),
  precision: PRECISION,
  rescore: PRECISION.optional(),
});

/** What the manifest of vectors says. */
export interface VectorManifest {
  /** Number of vectors. */
  readonly length: number;
  /** Length of a vector. */
  readonly dimension: number;
  /** How they are stored for the search. */
  readonly precision: VectorPrecision;
  /** How they are stored to score again. */
  readonly rescore?: VectorPrecision;
}

/** Bytes read at once. */
const BLOCK = 1 << 25;

/**
 * Vectors in files, opened by {@link openVectors}: read block by block for the search, and row by row to score again.
 * Close it when done.
 *
 * @category Retrieval
 */
export class VectorFile {
  /** Number of vectors. */
  readonly length: number;
  /** Length of a vector. */
  readonly dimension: number;
  /** How they are stored for the search. */
  readonly precision: VectorPrecision;
  /** How they are stored to score again; undefined if they are not. */
  readonly rescore: VectorPrecision | undefined;
  readonly #folder: string;
  readonly #files: Deno.FsFile[];

  /** Made by {@link openVectors}. */
  constructor(folder: string, manifest: VectorManifest) {
    const { length, dimension, precision, rescore } = manifest;
    this.#folder = folder;
    this.length = length;
    this.dimension = dimension;
    this.precision = precision;
    this.rescore = rescore;
    this.#files = ["vectors", ...rescore === undefined ? [] : ["rescore"]].map((name) =>
      Deno.openSync(`${folder}/${name}`)
    );
  }

  /** All vectors in order, some megabytes at a time. */
  *blocks(): Generator<Vectors> {
    const codec = codecOf(this.precision);
    const rows = Math.max(1, Math.floor(BLOCK / codec.bytes(this.dimension)));
    for (let from = 0; from < this.length; from += rows) {
      const length = Math.min(rows, this.length - from);
      const data = this.#read(this.#files[0], codec, { from, length });
      yield { data, length, dimension: this.dimension };
    }
  }

  /** One vector, from the files that are made to score again if there are any. */
  row(row: number): Float32Array {
    const { rescore } = this;
    const codec = codecOf(rescore ?? this.precision);
    return this.#read(this.#files[rescore === undefined ? 0 : 1], codec, { from: row, length: 1 });
  }

  /** Closes the files. */
  close(): void {
    for (const file of this.#files.splice(0)) file.close();
  }

  /** {@link close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  #read(file: Deno.FsFile, codec: VectorCodec, { from, length }: { from: number; length: number }): Float32Array {
    const width = codec.bytes(this.dimension);
    const bytes = new Uint8Array(length * width);
    file.seekSync(from * width, Deno.SeekMode.Start);
    for (let at = 0; at < bytes.length;) {
      const count = file.readSync(bytes.subarray(at));
      if (count === null) throw new KitError("Cannot read vectors: a file ends early", { file: this.#folder });
      at += count;
    }
    return codec.unpack(bytes, this.dimension);
  }
}

/**
 * Opens vectors that {@link writeVectors} wrote.
 *
 * @throws {KitError} if the folder holds none, or a file has another size than its manifest says.
 *
 * @example
 * ```ts
 * import { openVectors, writeVectors } from "@syneg/kit/retrieval";
 * const folder = `${await Deno.makeTempDir()}/vectors`;
 * await writeVectors(folder, [{ data: Float32Array.of(1, 0, 0, 1), length: 2, dimension: 2 }]);
 * using vectors = await openVectors(folder);
 * console.log(vectors.row(1)); // Float32Array(2) [ 0, 1 ]
 * ```
 *
 * @category Retrieval
 */
export async function openVectors(folder: string): Promise<VectorFile> {
  const file = `${folder}/vectors.json`;
  let value: unknown;
  try {
    value = JSON.parse(await Deno.readTextFile(file));
  } catch (cause) {
    const why = cause instanceof Deno.errors.NotFound ? "the folder holds none" : (cause as Error).message;
    throw new KitError(`Cannot open vectors: ${why}`, { file }, { cause });
  }
  const found = MANIFEST.safeParse(value);
  if (!found.success) {
    throw new KitError(`Cannot open vectors: ${explain({ schema: MANIFEST, value, error: found.error })}`, { file });
  }
  const { length, dimension, precision, rescore } = found.data;
  for (const [name, stored] of Object.entries({ vectors: precision, rescore })) {
    if (stored === undefined) continue;
    const wanted = length * codecOf(stored).bytes(dimension);
    const size = await Deno.stat(`${folder}/${name}`).then((stat) => stat.size, () => undefined);
    if (size === wanted) continue;
    const what = size === undefined ? "it is not there" : `it has ${size} bytes, wanted ${wanted}`;
    throw new KitError(`Cannot open vectors: ${what}`, { file: `${folder}/${name}` });
  }
  return new VectorFile(folder, found.data);
}
