import { KitError } from "../core/errors.ts";
import { checkOptions, type OptionKinds } from "../core/options.ts";
import { type AnalyzerChoice, analyzerOf } from "./analyzers/mod.ts";
import { packedIds, type PackedText, readManifest } from "./bm25_files.ts";
import { Bm25Index } from "./bm25_index.ts";
import { DiskPostings } from "./disk_postings.ts";

/**
 * Options of {@link openBm25}.
 *
 * @category Retrieval
 */
export interface OpenBm25Options {
  /** The analyzer that the index must have. Omit to take the index's own. */
  analyzer?: AnalyzerChoice;
  /**
   * Bytes of postings kept in memory; others are read when a query needs them.
   * @default {268435456}
   */
  cache?: number;
}

const OPEN_BM25_OPTIONS: OptionKinds<OpenBm25Options> = { analyzer: "string|object", cache: "number" };

/**
 * Opens an index that {@link Bm25Index.save} wrote. Postings stay on disk and are read by term, so an index larger than
 * memory opens in seconds. Close it when done.
 *
 * @throws {KitError} if the folder holds no index, a part of one, or one of another analyzer or analyzer version.
 *
 * @example
 * ```ts
 * import { bm25, loadCollection } from "@syneg/kit";
 * import { openBm25 } from "@syneg/kit/retrieval";
 * const { corpus } = await loadCollection("facets");
 * const folder = `${await Deno.makeTempDir()}/index`;
 * await (await bm25(corpus)).save(folder);
 * using index = await openBm25(folder);
 * console.log(index.analyzer, index.search("why does bread rise", 3).length); // english@1 3
 * ```
 *
 * @category Retrieval
 */
export async function openBm25(folder: string, options: OpenBm25Options = {}): Promise<Bm25Index> {
  checkOptions<OpenBm25Options>("openBm25", options, OPEN_BM25_OPTIONS);
  const manifest = await readManifest(folder);
  const { choice, documents, terms, formula } = manifest;
  const analyzer = analyzerOf(options.analyzer ?? choice);
  if (analyzer.id !== manifest.analyzer) {
    const wanted = options.analyzer === undefined ? "this version of the kit makes" : "wanted";
    throw new KitError(
      `Cannot open a BM25 index of another analyzer: it holds terms of "${manifest.analyzer}", ${wanted} ` +
        `"${analyzer.id ?? "an analyzer without an id"}"`,
      { file: folder },
    );
  }
  const postings = new DiskPostings(folder, {
    terms: numbered(await readTexts(folder, "terms", terms)),
    absent: new Float32Array(await readBuffer(`${folder}/absent`)),
    offsets: new Float64Array(await readBuffer(`${folder}/offsets`)),
    cache: options.cache ?? 1 << 28,
  });
  return new Bm25Index({ postings, ids: packedIds(await readTexts(folder, "ids", documents)), analyzer, formula });
}

async function readBuffer(path: string): Promise<ArrayBuffer> {
  const bytes = await Deno.readFile(path);
  return bytes.buffer as ArrayBuffer;
}

async function readTexts(folder: string, name: string, count: number): Promise<PackedText> {
  const offsets = new Float64Array(await readBuffer(`${folder}/${name}.offsets`));
  const bytes = await Deno.readFile(`${folder}/${name}.text`);
  if (offsets.length !== count + 1 || offsets[count] !== bytes.length) {
    throw new KitError(`Cannot open a BM25 index: it must hold ${count} ${name}, found ${offsets.length - 1}`, {
      file: folder,
    });
  }
  return { offsets, bytes };
}

function numbered({ offsets, bytes }: PackedText): Map<string, number> {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const numbers = new Map<string, number>();
  for (let t = 0; t + 1 < offsets.length; t++) {
    numbers.set(decoder.decode(bytes.subarray(offsets[t], offsets[t + 1])), t);
  }
  return numbers;
}
