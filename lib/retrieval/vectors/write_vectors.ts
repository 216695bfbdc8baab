import { KitError } from "../../core/errors.ts";
import { ArgumentError } from "../../core/errors.ts";
import { checkOptions, type OptionKinds } from "../../core/options.ts";
import { writeFolder } from "../../core/write_folder.ts";
import type { Vectors } from "../../encoders/types.ts";
import { codecOf, type VectorPrecision } from "./vector_precision.ts";

/**
 * Options of {@link writeVectors}.
 *
 * @category Retrieval
 */
export interface WriteVectorsOptions {
  /**
   * How vectors are stored for the search.
   * @default {"float32"}
   */
  precision?: VectorPrecision;
  /** How they are stored a second time, to score what was found again. Omit for no second time. */
  rescore?: VectorPrecision;
}

const KINDS: OptionKinds<WriteVectorsOptions> = { precision: "string", rescore: "string" };

/**
 * Writes vectors to a new folder that {@link openVectors} opens; the blocks are not kept, so there may be more of them than
 * memory holds. Returns their number.
 *
 * @throws {ArgumentError} if there are no vectors, or blocks differ in their dimension.
 * @throws {KitError} if the folder exists, or a number is not finite.
 *
 * @example
 * ```ts
 * import { writeVectors } from "@syneg/kit/retrieval";
 * const vectors = { data: Float32Array.of(1, 0, 0, 1), length: 2, dimension: 2 };
 * console.log(await writeVectors(`${await Deno.makeTempDir()}/vectors`, [vectors], { precision: "int8" })); // 2
 * ```
 *
 * @category Retrieval
 */
export async function writeVectors(
  folder: string,
  blocks: Iterable<Vectors> | AsyncIterable<Vectors>,
  options: WriteVectorsOptions = {},
): Promise<number> {
  checkOptions<WriteVectorsOptions>("writeVectors", options, KINDS);
  const { precision = "float32", rescore } = options;
  const codecs = [codecOf(precision), ...rescore === undefined ? [] : [codecOf(rescore)]];
  let dimension = 0;
  let length = 0;
  await writeFolder(folder, async (temporary) => {
    const names = ["vectors", "rescore"].slice(0, codecs.length);
    const files = await Promise.all(
      names.map((name) => Deno.open(`${temporary}/${name}`, { write: true, createNew: true })),
    );
    try {
      for await (const block of blocks) {
        if (length === 0) ({ dimension } = block);
        checkBlock(block, { dimension, length, folder });
        for (const [i, codec] of codecs.entries()) await writeAll(files[i], codec.pack(block.data, dimension));
        length += block.length;
      }
      if (length === 0) throw new ArgumentError("Cannot write vectors: there are none");
      for (const file of files) await file.sync();
    } finally {
      for (const file of files) file.close();
    }
    const manifest = { format: "syneg-vectors", version: 1, length, dimension, precision, rescore };
    await Deno.writeTextFile(`${temporary}/vectors.json`, `${JSON.stringify(manifest, null, 2)}\n`);
  }, { doing: "write vectors" });
  return length;
}

function checkBlock(
  block: Vectors,
  { dimension, length, folder }: { dimension: number; length: number; folder: string },
) {
  if (block.dimension !== dimension) {
    throw new ArgumentError(`Cannot write vectors of ${block.dimension} dimensions after ones of ${dimension}`);
  }
  if (block.data.length !== block.length * dimension) {
    throw new ArgumentError(
      `Cannot write vectors: ${block.length} x ${dimension} numbers are wanted, found ${block.data.length}`,
    );
  }
  const at = block.data.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return;
  throw new KitError(`Cannot write vector ${length + Math.floor(at / dimension)}: it holds ${block.data[at]}`, {
    file: folder,
  });
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
}
