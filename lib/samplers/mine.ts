import { stopSignal } from "../core/stop.ts";
import { checkCollection } from "../data/check_arguments.ts";
import { checkOptions, type OptionKinds } from "../core/options.ts";
import { ArgumentError, KitError } from "../core/errors.ts";
import { suggestion } from "../core/nearest.ts";
import type { Progress } from "../core/progress.ts";
import { ownDocuments } from "../data/own_documents.ts";
import { rowsById } from "../data/rows_by_id.ts";
import { NEGATIVES } from "../data/schema.ts";
import type { Table } from "../data/table.ts";
import { TableBuilder } from "../data/table_builder.ts";
import type { Collection } from "../data/types.ts";
import type { Encoder } from "../encoders/types.ts";
import { checkThreshold, POSITIVE_RULES, positiveReason } from "./filters/positive_guard.ts";
import { fingerprints } from "./fingerprint.ts";
import { absoluteReason, checkMargin, type Margin, relativeReason } from "./margins.ts";
import type { MinedBlock, MiningTask } from "./miners/miner.ts";
import { miners } from "./miners/mod.ts";
import { positivesOf } from "./positives.ts";
import { rulesMetadata } from "./verdicts.ts";

/** Options of {@link mine}. */
export interface MineOptions {
  /** Where candidates come from; `model` is dense with the encoder in training. */
  source: keyof typeof miners;
  /** Scores candidates for `dense` and `model`. */
  encoder?: Encoder;
  /** Candidates per query, positives among them. @default 100 */
  depth?: number;
  /** First and last rank to keep. @default [1, depth] */
  range?: readonly [number, number];
  /** How far below the lowest positive a score must stay. @default no margin */
  margin?: Margin;
  /**
   * Overlap of three-word shingles from which a candidate counts as a near-duplicate of a positive; `false` compares ids
   * and whole texts only. @default 0.8
   */
  duplicates?: number | false;
  /** Split of the queries and their known positives. @default "train" */
  split?: string;
  /** For random negatives. @default 0 */
  seed?: number | string;
  /** Told as queries are done. */
  progress?: Progress;
  signal?: AbortSignal;
}

/** Kinds of {@link MineOptions}. */
export const MINE_OPTIONS: OptionKinds<MineOptions> = {
  source: "string",
  encoder: "object",
  depth: "number",
  range: "array",
  margin: "object",
  duplicates: "number|boolean",
  split: "string",
  seed: "string|number",
  progress: "object",
  signal: "object",
};

/**
 * Finds candidates for negatives of every query that has a positive in the split. Every candidate is a row: known
 * positives (by id, by text, near-duplicates), ranks outside `range` and scores within `margin` are dropped with rule and
 * numbers, the rest is kept. Judgements whose query or document is not there are left out.
 *
 * @throws {ArgumentError} for a source that does not exist, no encoder, an impossible depth, range or margin.
 * @throws {KitError} if a score is not finite.
 *
 * @example
 * ```ts
 * import { loadCollection, mine, waterfall } from "@syneg/kit";
 * const facets = await loadCollection("facets");
 * const negatives = await mine(facets, { source: "bm25", depth: 20, margin: { relative: 0.05 } });
 * console.log(waterfall(negatives));
 * ```
 */
export async function mine(collection: Collection, options: MineOptions): Promise<Table<typeof NEGATIVES>> {
  checkCollection("mine", collection);
  checkOptions<MineOptions>("mine", options, MINE_OPTIONS);
  const plan = planned(collection, options);
  const builder = new TableBuilder(NEGATIVES, { metadata: plan.metadata });
  for await (const block of plan.blocks()) plan.append(builder, block);
  return builder.finish();
}

/** {@link mine} as a stream of tables, some hundred queries each, for candidates that do not fit into memory. */
export async function* mineBlocks(
  collection: Collection,
  options: MineOptions,
): AsyncGenerator<Table<typeof NEGATIVES>> {
  checkOptions<MineOptions>("mineBlocks", options, MINE_OPTIONS);
  const plan = planned(collection, options);
  for await (const block of plan.blocks()) {
    const builder = new TableBuilder(NEGATIVES, { metadata: plan.metadata });
    plan.append(builder, block);
    yield builder.finish();
  }
}

/** Checks everything, then knows how to mine and how to decide. */
function planned(collection: Collection, options: MineOptions) {
  const { source, depth = 100, range = [1, depth], margin = {}, duplicates = 0.8, progress } = options;
  const miner = miners[source];
  if (!miner) throw new ArgumentError(`Cannot mine source "${source}": ${suggestion(source, Object.keys(miners))}`);
  if (!(Number.isInteger(depth) && depth >= 1)) {
    throw new ArgumentError(`Cannot mine to depth ${depth}: wanted an integer from 1`);
  }
  if (!(Number.isInteger(range[0]) && Number.isInteger(range[1]) && 1 <= range[0] && range[0] <= range[1])) {
    throw new ArgumentError(`Cannot keep ranks [${range}]: wanted whole numbers, 1 <= first <= last`);
  }
  if (range[0] > depth) throw new ArgumentError(`Cannot keep ranks from ${range[0]}: depth is ${depth}`);
  checkMargin(margin);
  const margins = margin.absolute !== undefined || margin.relative !== undefined;
  if (margins && source === "random") throw new ArgumentError("Cannot filter random negatives by a margin: no scores");
  checkThreshold(duplicates);
  const task = taskOf(collection, options, depth);
  if ((source === "dense" || source === "model") !== (options.encoder !== undefined)) {
    throw new ArgumentError(`Cannot mine ${source} negatives ${options.encoder ? "with an" : "without an"} encoder`);
  }
  const { corpus } = collection;
  const ids = corpus.column("id");
  const [titles, texts] = [corpus.column("title"), corpus.column("text")];
  const rows = rowsById(corpus);
  const ofDocument = fingerprints((id) => ({ title: titles.at(rows.get(id)!), text: texts.at(rows.get(id)!) }));

  const decide = (
    known: readonly string[],
    id: string,
    rank: number,
    score: number | undefined,
    positive: number | undefined,
  ) => {
    const reason = positiveReason({ id, print: () => ofDocument(id) }, known, { threshold: duplicates, ofDocument });
    if (reason) return reason;
    if (rank < range[0] || rank > range[1]) return `rank-window: rank ${rank} outside ${range[0]} to ${range[1]}`;
    if (score === undefined || positive === undefined) return undefined;
    return (margin.absolute === undefined ? undefined : absoluteReason(score, positive, margin.absolute)) ??
      (margin.relative === undefined ? undefined : relativeReason(score, positive, margin.relative));
  };
  const own = ownDocuments(collection);
  const rules = [
    ...(own.size > 0 ? ["own-document"] : []),
    ...(duplicates === false ? POSITIVE_RULES.slice(0, 2) : POSITIVE_RULES),
    ...(options.range ? ["rank-window"] : []),
    ...(margin.absolute === undefined ? [] : ["absolute-margin"]),
    ...(margin.relative === undefined ? [] : ["relative-margin"]),
  ];
  return {
    metadata: rulesMetadata(rules),
    async *blocks() {
      for await (const block of miner(task)) {
        yield block;
        progress?.update(block.queryEnd);
      }
    },
    append(builder: TableBuilder<typeof NEGATIVES>, block: MinedBlock) {
      for (let q = block.queryBegin; q < block.queryEnd; q++) {
        const positive_score = block.positiveScores?.[q - block.queryBegin];
        const known = task.positives[q].map((row) => ids.at(row));
        for (let rank = 1; rank <= depth; rank++) {
          const at = (q - block.queryBegin) * depth + rank - 1;
          if (block.rows[at] < 0) break;
          const score = block.scores?.[at];
          if (score !== undefined && !(Number.isFinite(score) && Number.isFinite(positive_score))) {
            throw new KitError(`Cannot mine for query "${task.queries[q].id}": a score is ${score}, ${positive_score}`);
          }
          const doc_id = ids.at(block.rows[at]);
          const reason = own.get(task.queries[q].id)?.includes(doc_id)
            ? "own-document: the query itself"
            : decide(known, doc_id, rank, score, positive_score);
          builder.append({
            query_id: task.queries[q].id,
            doc_id,
            source,
            rank,
            score,
            positive_score,
            model: options.encoder?.name,
            verdict: reason ? "dropped" : "kept",
            reason,
          });
        }
      }
    },
  };
}

/** Queries with positives of the split, in its order, and where their positives stand in the corpus. */
function taskOf(collection: Collection, options: MineOptions, depth: number): MiningTask {
  const { corpus, queries } = collection;
  const { split = "train", seed = 0, encoder, signal } = options;
  if (corpus.length === 0) throw new ArgumentError(`Cannot mine in ${collection.name}: its corpus is empty`);
  const rows = rowsById(corpus);
  const texts = queries.column("text");
  const queryRows = rowsById(queries);
  const asked: { id: string; text: string }[] = [];
  const positives: number[][] = [];
  for (const [id, known] of positivesOf(collection, { split })) {
    asked.push({ id, text: texts.at(queryRows.get(id)!) });
    positives.push(known.map((doc_id) => rows.get(doc_id)!));
  }
  return { collection, queries: asked, positives, depth, seed, encoder, signal: stopSignal(signal) };
}
