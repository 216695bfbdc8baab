import { join } from "node:path";
import { loadCollection } from "../../collections/load_collection.ts";
import { withoutDangling } from "../../collections/dangling.ts";
import type { Collection } from "../../collections/types.ts";
import { CancelledError, KitError } from "../../core/errors.ts";
import { exists } from "../../core/files.ts";
import { sha256 } from "../../core/hash.ts";
import { checkOptions, type OptionKinds } from "../../core/options.ts";
import type { Progress } from "../../core/progress.ts";
import { stopSignal } from "../../core/stop.ts";
import type { Encoder } from "../../encoders/types.ts";
import { readTable, writeTable } from "../../files/mod.ts";
import { SCORES } from "../../tables/schema.ts";
import type { Table } from "../../tables/table.ts";
import { withMetadata } from "../../tables/with_metadata.ts";
import { measure } from "../measure.ts";
import type { Suite, SuiteEntry } from "./suite.ts";
import { type SuiteSystem, systemOf } from "./suite_system.ts";

/**
 * Options of {@link evaluateSuite}.
 *
 * @category Evaluation
 */
export interface EvaluateSuiteOptions {
  /** Folder that keeps the scores of finished collections; a second call takes them from there. Omit to keep none. */
  folder?: string;
  /**
   * What to measure.
   * @default {["nDCG@10"]}
   */
  measures?: readonly string[];
  /** Folder for downloads from the hub. Omit for the kit's data/cache. */
  cache?: string;
  /** Reports the texts encoded. */
  progress?: Progress;
  /** Cancels the work; finished collections are kept. */
  signal?: AbortSignal;
}

const KINDS: OptionKinds<EvaluateSuiteOptions> = {
  folder: "string",
  measures: "array",
  cache: "string",
  progress: "object",
  signal: "object",
};

/**
 * What {@link evaluateSuite} finds on one collection.
 *
 * @category Evaluation
 */
export interface SuiteResult {
  /** The collection's name in the suite. */
  readonly name: string;
  /** Scores by query and measure; undefined if it could not be measured. */
  readonly scores?: Table<typeof SCORES>;
  /** Counts of the collection, if it was measured. */
  readonly collection?: SuiteCollection;
  /** Whether the scores come from an earlier call. */
  readonly resumed: boolean;
  /** Why it could not be measured. */
  readonly error?: KitError;
}

/**
 * A measured collection.
 *
 * @category Evaluation
 */
export interface SuiteCollection {
  /** Where it comes from, with the revision. */
  readonly origin: string;
  /** sha256 of its content. */
  readonly digest: string;
  /** Number of documents. */
  readonly documents: number;
  /** Number of judged queries. */
  readonly queries: number;
}

/**
 * Measures an encoder, or "bm25", on every collection of a suite, and yields each when it is done. A collection that is
 * missing or broken yields its error, and the rest is measured all the same. With a folder, finished collections are kept
 * by the encoder's fingerprint and measured once; one in a local folder is measured again if its content has changed.
 *
 * @throws {ArgumentError} for an unknown measure, before any work.
 * @throws {CancelledError} if the signal aborts.
 *
 * @example
 * ```ts
 * import { evaluateSuite } from "@syneg/kit/evaluation";
 * const suite = { name: "own", collections: [{ name: "facets", collection: "facets", split: "dev" }] };
 * for await (const { name, collection } of evaluateSuite("bm25", suite)) console.log(name, collection?.queries); // facets 117
 * ```
 *
 * @category Evaluation
 */
export async function* evaluateSuite(
  encoder: Encoder | "bm25",
  suite: Suite,
  options: EvaluateSuiteOptions = {},
): AsyncGenerator<SuiteResult> {
  checkOptions<EvaluateSuiteOptions>("evaluateSuite", options, KINDS);
  const system = systemOf(encoder);
  const measures = (options.measures ?? ["nDCG@10"]).map((name) => measure(name).name);
  const work = { ...options, measures, signal: stopSignal(options.signal) };
  for (const entry of suite.collections) {
    try {
      yield await one(system, entry, work);
    } catch (error) {
      if (error instanceof CancelledError || !(error instanceof KitError)) throw error;
      yield { name: entry.name, resumed: false, error };
    }
  }
}

type Work = EvaluateSuiteOptions & { readonly measures: readonly string[] };

async function one(system: SuiteSystem, entry: SuiteEntry, work: Work): Promise<SuiteResult> {
  const { folder, measures, cache, progress, signal } = work;
  const { name, split } = entry;
  const path = folder === undefined ? undefined : pathOf(folder, { system, entry, measures });
  const kept = path === undefined || !await exists(path) ? undefined : await readKept(path);
  // A revision on the hub does not change; a local folder may.
  const local = kept && await exists(entry.collection.replace(/#[^#/]*$/, ""));
  if (kept && !local) return { name, ...kept, resumed: true };
  const loaded = await loadCollection(entry.collection, { cache, signal });
  if (kept && kept.collection.digest === loaded.digest) return { name, ...kept, resumed: true };
  const { collection } = withoutDangling(loaded, split);
  const scores = await system.evaluate(collection, { split, measures, progress, signal });
  const about = aboutOf(loaded, scores);
  if (path !== undefined) {
    const metadata = { system: system.name, suite_collection: JSON.stringify(about) };
    await writeTable(path, withMetadata(scores, metadata), { overwrite: true });
  }
  return { name, scores, collection: about, resumed: false };
}

function aboutOf({ origin, name, digest, corpus }: Collection, scores: Table<typeof SCORES>): SuiteCollection {
  const queries = new Set(scores.column("query_id")).size;
  return { origin: origin ?? name, digest, documents: corpus.length, queries };
}

/** File of the scores: by everything that decides them but the collection's content. */
function pathOf(
  folder: string,
  { system, entry, measures }: { system: SuiteSystem; entry: SuiteEntry; measures: readonly string[] },
): string {
  const key = sha256(JSON.stringify([entry.collection, entry.split, measures])).slice(0, 12);
  const name = entry.name.replaceAll(/[^\p{L}\p{N}._-]+/gu, "_").slice(0, 80);
  return join(folder, sha256(system.fingerprint).slice(0, 16), `${name}-${key}.arrow`);
}

async function readKept(path: string): Promise<{ scores: Table<typeof SCORES>; collection: SuiteCollection }> {
  const scores = await readTable(path, SCORES);
  const text = scores.metadata.get("suite_collection");
  if (text === undefined) throw new KitError("Cannot resume: the file holds no scores of a suite", { file: path });
  return { scores, collection: JSON.parse(text) };
}
