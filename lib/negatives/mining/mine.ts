import { checkCollection } from "../../collections/check_arguments.ts";
import { knownPositives } from "../../collections/known_positives.ts";
import { ownDocuments } from "../../collections/own_documents.ts";
import { documentsOf } from "../../collections/passages.ts";
import { positivesOf } from "../../collections/positives.ts";
import type { Collection } from "../../collections/types.ts";
import { ArgumentError, KitError } from "../../core/errors.ts";
import { stopSignal } from "../../core/stop.ts";
import { rowsById } from "../../tables/rows_by_id.ts";
import { NEGATIVES } from "../../tables/schema.ts";
import type { Table } from "../../tables/table.ts";
import { TableBuilder } from "../../tables/table_builder.ts";
import { rulesMetadata } from "../rules/verdicts.ts";
import { checkMining, type MineOptions } from "./mine_options.ts";
import type { MinedBlock, MiningTask } from "./miner.ts";
import { type MiningRules, miningRules } from "./mining_rules.ts";
import { MINERS } from "./registry.ts";

/**
 * Finds candidates for negatives of every query with a positive in the split. Every candidate becomes a row. Dropped,
 * with rule and numbers, are: documents known to answer the query and those of the same text (by id, by text, as
 * near-duplicates), ranks outside `range`, scores outside `scoreWindow` or within `margin`, and texts that a better rank
 * already holds. Judgments of unknown queries or documents are left out.
 *
 * @throws {ArgumentError} for an unknown option or source, a missing encoder, an impossible depth, range, window or
 * margin.
 * @throws {KitError} if a score is not finite.
 *
 * @example
 * ```ts
 * import { loadCollection, mine, waterfall } from "@syneg/kit";
 * const facets = await loadCollection("facets");
 * const negatives = await mine(facets, { source: "bm25", depth: 20, margin: { relative: 0.05 } });
 * console.log(waterfall(negatives));
 * ```
 * @category Negatives
 */
export async function mine(collection: Collection, options: MineOptions): Promise<Table<typeof NEGATIVES>> {
  const run = new MiningRun(collection, options);
  const builder = new TableBuilder(NEGATIVES, { metadata: run.metadata });
  for await (const block of run.blocks()) run.append(builder, block);
  return builder.finish();
}

/**
 * {@link mine} as a stream of tables, some hundred queries each, for candidates that do not fit into memory.
 *
 * @throws {ArgumentError} as {@link mine} does.
 *
 * @example
 * ```ts
 * import { loadCollection } from "@syneg/kit";
 * import { mineBlocks } from "@syneg/kit/negatives";
 * const facets = await loadCollection("facets");
 * for await (const table of mineBlocks(facets, { source: "bm25", depth: 5 })) console.log(table.length);
 * ```
 * @category Negatives
 */
export async function* mineBlocks(
  collection: Collection,
  options: MineOptions,
): AsyncGenerator<Table<typeof NEGATIVES>> {
  const run = new MiningRun(collection, options);
  for await (const block of run.blocks()) {
    const builder = new TableBuilder(NEGATIVES, { metadata: run.metadata });
    run.append(builder, block);
    yield builder.finish();
  }
}

/** One call of {@link mine}: checks everything first, then mines and decides. */
class MiningRun {
  /** Metadata of the table: the rules. */
  readonly metadata: Record<string, string>;
  readonly #options: MineOptions;
  readonly #task: MiningTask;
  readonly #collection: Collection;
  readonly #rules: MiningRules;
  readonly #known: ReadonlyMap<string, readonly string[]>;
  readonly #own: ReadonlyMap<string, readonly string[]>;

  constructor(collection: Collection, options: MineOptions) {
    checkCollection("mine", collection);
    checkMining(options);
    const { split, negatives, margin = {}, nearDuplicateThreshold = 0.8 } = options;
    this.#options = options;
    this.#collection = collection;
    this.#task = taskOf(collection, options);
    this.#known = knownPositives(collection.queries, positivesOf(collection, { split, negatives }));
    this.#own = ownDocuments(collection);
    const document = documentsOf(collection.corpus);
    this.#rules = miningRules({
      ...options,
      margin,
      nearDuplicateThreshold,
      document: (id) => document(id)!,
      ownDocuments: this.#own.size > 0,
    });
    this.metadata = rulesMetadata(this.#rules.names);
  }

  /** Candidates, block by block; reports queries. */
  async *blocks(): AsyncGenerator<MinedBlock> {
    for await (const block of MINERS.get(this.#options.source).make({}, this.#task)) {
      yield block;
      this.#options.progress?.update(block.queryEnd, "");
    }
  }

  /** Appends the candidates of a block with their verdicts. */
  append(builder: TableBuilder<typeof NEGATIVES>, block: MinedBlock): void {
    const ids = this.#collection.corpus.column("id");
    const { depth, queries } = this.#task;
    const { source, encoder } = this.#options;
    for (let q = block.queryBegin; q < block.queryEnd; q++) {
      const query_id = queries[q].id;
      const positive_score = block.positiveScores?.[q - block.queryBegin];
      const decide = this.#rules.of(this.#known.get(query_id)!, this.#own.get(query_id) ?? []);
      for (let rank = 1; rank <= depth; rank++) {
        const at = (q - block.queryBegin) * depth + rank - 1;
        if (block.rows[at] < 0) break;
        const score = block.scores?.[at];
        if (score !== undefined && !(Number.isFinite(score) && Number.isFinite(positive_score))) {
          throw new KitError(
            `Cannot mine for query "${query_id}": scores must be finite, found ${score} and ${positive_score}`,
          );
        }
        const doc_id = ids.at(block.rows[at]);
        const reason = decide({ id: doc_id, rank, score, positiveScore: positive_score });
        const verdict = reason ? "dropped" : "kept";
        const scorer = encoder?.name;
        builder.append({ query_id, doc_id, source, rank, score, positive_score, scorer, verdict, reason });
      }
    }
  }
}

/** Queries with positives of the split, in its order, and the corpus rows of their positives. */
function taskOf(collection: Collection, options: MineOptions): MiningTask {
  const { corpus, queries } = collection;
  const { split = "train", depth = 100, seed = 0, encoder, analyzer, index, progress, signal } = options;
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
  const shared = { depth, seed, encoder, analyzer, index, progress, signal: stopSignal(signal) };
  return { collection, queries: asked, positives, ...shared };
}
