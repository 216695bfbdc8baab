/**
 * Retrieval: BM25 in many languages, exact dense search, fusion.
 *
 * @example
 * ```ts
 * import { loadCollection } from "@syneg/kit";
 * import { bm25, guessLanguage, openBm25 } from "@syneg/kit/retrieval";
 * const { corpus } = await loadCollection("facets");
 * const { analyzer, text } = await guessLanguage(corpus);
 * console.log(text); // Language: English, guessed from 200 documents; analyzer english
 * const folder = `${await Deno.makeTempDir()}/index`;
 * await (await bm25(corpus, { analyzer, variant: "bm25l" })).save(folder);
 * using index = await openBm25(folder, { analyzer });
 * console.log(index.search("why does bread rise", 1).length); // 1
 * ```
 *
 * @module
 */
export {
  analyze,
  type Analyzer,
  type AnalyzerChoice,
  type AnalyzerPart,
  ANALYZERS,
  ENGLISH_STOP_WORDS,
} from "./analyzers/mod.ts";
export { bm25, type Bm25Corpus, type Bm25Options } from "./bm25.ts";
export { Bm25Index, type SearchOptions } from "./bm25_index.ts";
export type { Bm25Parts, Postings, TermPostings } from "./postings.ts";
export { BM25_VARIANTS, type Bm25Formula, type Bm25VariantPart } from "./bm25_variants.ts";
export { denseSearch, type DenseSearchOptions } from "./dense_search.ts";
export { fuse, type FuseOptions } from "./fuse.ts";
export { guessLanguage, type LanguageGuess } from "./guess_language.ts";
export type { Hit } from "./hit.ts";
export { type Ids, idsOf } from "./ids.ts";
export { openBm25, type OpenBm25Options } from "./open_bm25.ts";
export { rerank, type Reranker, type RerankOptions } from "./rerank.ts";
export { type RankedDocument, rankingsOf } from "./rankings.ts";
export { searchVectorBlocks, type VectorHitBlock } from "./search_vector_blocks.ts";
export { type DocumentVectors, searchVectors, type SearchVectorsOptions, type VectorHits } from "./search_vectors.ts";
export { ApproximateIndex, approximateIndex, type ApproximateIndexOptions } from "./vectors/approximate_index.ts";
export { searchVectorFile, type SearchVectorFileOptions } from "./vectors/search_vector_file.ts";
export { openVectors, VectorFile } from "./vectors/vector_file.ts";
export type { VectorPrecision } from "./vectors/vector_precision.ts";
export { writeVectors, type WriteVectorsOptions } from "./vectors/write_vectors.ts";
