import { stopSignal } from "../../core/stop.ts";
import { checkCollection } from "../../collections/check_arguments.ts";
import { ArgumentError, KitError } from "../../core/errors.ts";
import { suggestion } from "../../core/nearest.ts";
import { checkOptions, type OptionKinds } from "../../core/options.ts";
import type { Progress } from "../../core/progress.ts";
import { ownDocuments } from "../../collections/own_documents.ts";
import { rowsById } from "../../tables/rows_by_id.ts";
import { NEGATIVES } from "../../tables/schema.ts";
import type { Table } from "../../tables/table.ts";
import { TableBuilder } from "../../tables/table_builder.ts";
import type { Collection } from "../../collections/types.ts";
import type { Encoder } from "../../encoders/types.ts";
import { checkThreshold } from "../filters/positive_guard.ts";
import { checkScores, type ScoreRange } from "../filters/score_window.ts";
import { knownPositives } from "../../collections/known_positives.ts";
import { checkMargin, type Margin } from "../rules/margins.ts";
import type { MinedBlock, MiningTask } from "./miner.ts";
import { miners } from "./registry.ts";
import { miningRules } from "./mining_rules.ts";
import { positivesOf } from "../../collections/positives.ts";
import { rulesMetadata } from "../rules/verdicts.ts";

/** Options of {@link mine}. */
export interface MineOptions {
  /** Where candidates come from; `model` is dense with the encoder in training. */
  source: keyof typeof miners;
  /** Scores candidates for `dense` and `model`. */
  encoder?: Encoder;
  /** Candidates per query, positives among them. @default 100 */
  depth?: number;
  /** First and last rank to keep. Every candidate has a rank, known positives too. @default [1, depth] */
  range?: readonly [number, number];
  /** Scores to keep, in units of the miner. @default all */
  scoreWindow?: ScoreRange;
  /** How far below the lowest positive a score must stay. @default no margin */
  margin?: Margin;
  /**
   * Overlap of three-word shingles from which a candidate counts as a near-duplicate of a positive; `false` compares ids
   * and whole texts only. @default 0.8
   */
  duplicates?: number | false;
  /** Split of the queries and their known positives. @default "train" */
  split?: string;
  /** Negatives whose relabeled documents count as positives, too. */
  negatives?: Table<typeof NEGATIVES>;
  /** For random negatives. @default 0 */
  seed?: number | string;
  /** Reports queries after each block; while texts are encoded, its note counts them. */
  progress?: Progress;
  signal?: AbortSignal;
}

/** Kinds of {@link MineOptions}. */
export const MINE_OPTIONS: OptionKinds<MineOptions> = {
  source: "string",
  encoder: "object",
  depth: "number",
  range: "array",
  scoreWindow: "object",
  margin: "object",
  duplicates: "number|boolean",
  split: "string",
  negatives: "object",
  seed: "number|string",
  progress: "object",
  signal: "object",
};

/**
 * Finds candidates for negatives of every query that has a positive in the split. Every candidate is a row: documents
 * known to answer the query or one of the same text (by id, by text, near-duplicates), ranks outside `range`, scores
 * outside `scoreWindow` or within `margin`, and texts that a better rank holds already are dropped with rule and numbers,
 * the rest is kept. Judgements whose query or document is not there are left out.
 *
 * @throws {ArgumentError} for an unknown option or source, no encoder, an impossible depth, range, window or margin.
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

/** @throws {ArgumentError} for options that cannot be, alone or together. */
export function checkMining(options: Omit<MineOptions, "encoder"> & { encoder?: object }): void {
  const { source, depth = 100, range = [1, depth], scoreWindow, margin = {}, duplicates = 0.8, encoder } = options;
  if (!Object.hasOwn(miners, source)) {
    throw new ArgumentError(`Cannot mine source "${source}": ${suggestion(source, Object.keys(miners))}`);
  }
  if (!(Number.isInteger(depth) && depth >= 1)) {
    throw new ArgumentError(`depth must be an integer >= 1, found ${depth}`, { field: "depth" });
  }
  if (!(Number.isInteger(range[0]) && Number.isInteger(range[1]) && 1 <= range[0] && range[0] <= range[1])) {
    throw new ArgumentError(`Cannot keep ranks [${range}]: wanted whole numbers, 1 <= first <= last`);
  }
  if (range[0] > depth) throw new ArgumentError(`Cannot keep ranks from ${range[0]}: depth is ${depth}`);
  checkMargin(margin);
  if (scoreWindow) {
    checkOptions<ScoreRange>("scoreWindow", scoreWindow, { min: "number", max: "number" });
    checkScores(scoreWindow);
  }
  if (source === "random") {
    const margins = margin.absolute !== undefined || margin.relative !== undefined;
    if (margins) throw new ArgumentError("Cannot filter random negatives by a margin: no scores");
    if (scoreWindow) throw new ArgumentError("Cannot filter random negatives by a score window: no scores");
  }
  if (duplicates === true as unknown) throw new ArgumentError("duplicates must be a number or false, found true");
  checkThreshold(duplicates);
  if ((source === "dense" || source === "model") !== (encoder !== undefined)) {
    throw new ArgumentError(`Cannot mine ${source} negatives ${encoder ? "with an" : "without an"} encoder`);
  }
}

/** Checks everything, then knows how to mine and how to decide. */
function planned(collection: Collection, options: MineOptions) {
  checkMining(options);
  const { source, depth = 100, split, negatives, margin = {}, duplicates = 0.8, progress, encoder } = options;
  const task = taskOf(collection, options, depth);
  const { corpus, queries } = collection;
  const ids = corpus.column("id");
  const [titles, texts] = [corpus.column("title"), corpus.column("text")];
  const rows = rowsById(corpus);
  const own = ownDocuments(collection);
  const known = knownPositives(queries, positivesOf(collection, { split, negatives }));
  const rules = miningRules({
    ...options,
    margin,
    duplicates,
    document: (id) => ({ title: titles.at(rows.get(id)!), text: texts.at(rows.get(id)!) }),
    ownDocuments: own.size > 0,
  });
  return {
    metadata: rulesMetadata(rules.names),
    async *blocks() {
      for await (const block of miners[source](task)) {
        yield block;
        progress?.update(block.queryEnd, "");
      }
    },
    append(builder: TableBuilder<typeof NEGATIVES>, block: MinedBlock) {
      for (let q = block.queryBegin; q < block.queryEnd; q++) {
        const query_id = task.queries[q].id;
        const positive_score = block.positiveScores?.[q - block.queryBegin];
        const decide = rules.of(known.get(query_id)!, own.get(query_id) ?? []);
        for (let rank = 1; rank <= depth; rank++) {
          const at = (q - block.queryBegin) * depth + rank - 1;
          if (block.rows[at] < 0) break;
          const score = block.scores?.[at];
          if (score !== undefined && !(Number.isFinite(score) && Number.isFinite(positive_score))) {
            throw new KitError(`Cannot mine for query "${query_id}": a score is ${score}, ${positive_score}`);
          }
          const doc_id = ids.at(block.rows[at]);
          const reason = decide({ id: doc_id, rank, score, positiveScore: positive_score });
          const verdict = reason ? "dropped" : "kept";
          builder.append({
            query_id,
            doc_id,
            source,
            rank,
            score,
            positive_score,
            scorer: encoder?.name,
            verdict,
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
  const { split = "train", seed = 0, encoder, progress, signal } = options;
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
  return { collection, queries: asked, positives, depth, seed, encoder, progress, signal: stopSignal(signal) };
}
