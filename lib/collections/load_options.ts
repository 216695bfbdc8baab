import type { OptionKinds } from "../core/options.ts";
import { READ_OPTIONS, type ReadOptions } from "../files/lines.ts";

/**
 * Options of {@link loadCollection}.
 *
 * @category Collections
 */
export interface LoadCollectionOptions extends ReadOptions {
  /**
   * One of several data sets in a folder, archive or repository, such as `en` if `en/corpus.jsonl` is beside
   * `de/corpus.jsonl`. Same as `#en` at the end of the name. Omit if there is only one.
   */
  subset?: string;
  /**
   * Folder for downloads from the hub.
   *
   * @default {defaultCache()}
   */
  cache?: string;
  /**
   * Ask the hub again which commit a branch points to.
   *
   * @default {false}
   */
  refresh?: boolean;
  /**
   * Hash cached files again.
   *
   * @default {false}
   */
  verify?: boolean;
}

/** Kinds of {@link LoadCollectionOptions}. */
export const LOAD_COLLECTION_OPTIONS: OptionKinds<LoadCollectionOptions> = {
  ...READ_OPTIONS,
  subset: "string",
  cache: "string",
  refresh: "boolean",
  verify: "boolean",
};

/**
 * A collection of single files: JSONL, Parquet, Arrow; TREC's topics, qrels; `id<TAB>text` lines.
 *
 * @category Collections
 */
export interface CollectionFiles {
  /** Path of the documents. */
  corpus: string;
  /** Path of the queries. */
  queries: string;
  /** Paths by split. */
  qrels?: Record<string, string>;
}
