import { join } from "node:path";
import { dot } from "../core/dot.ts";
import { exists } from "../core/mod.ts";
import { type Collection, passageText } from "../collections/mod.ts";
import type { Encoder } from "../encoders/mod.ts";
import { DistinctTexts } from "../evaluation/distinct_texts.ts";
import { type NEGATIVES, rowsById, SCORES, type Table, TableBuilder } from "../tables/mod.ts";
import type { RunFolder } from "./run_folder.ts";
import type { ExperimentConfig } from "./types.ts";

/** Name of the file of twins in a run folder. */
export const TWINS = "twins.json";

/**
 * A written passage and a passage of the corpus that are equally near to a test query before training. Neither is known
 * to be relevant.
 */
export interface Twin {
  query_id: string;
  /** Row of the written passage in the candidates. */
  row: number;
  /** The passage of the corpus. */
  doc_id: string;
}

/** Test queries, written passages and passages of the corpus that are looked at, spread over all. */
const MOST = { queries: 300, written: 3000, passages: 20_000 };
/** Written passages of a query that may become twins, the nearest ones, and how many do: those with the nearest twin. */
const NEAR = 50;
const PER_QUERY = 5;

/**
 * For each test query, pairs of a near written passage and the passage of the corpus that is most nearly as near, those
 * that differ least. No two twins of a query share a passage.
 */
export async function findTwins(
  { splits }: ExperimentConfig,
  { collection, encoder, negatives, signal }: {
    collection: Collection;
    encoder: Encoder;
    negatives: Table<typeof NEGATIVES>;
    signal?: AbortSignal;
  },
): Promise<Twin[]> {
  const rows = spread(writtenRows(negatives), MOST.written);
  if (rows.length === 0) return [];
  const relevant = relevantOf(collection, splits.test);
  const ids = spread([...relevant.keys()], MOST.queries);
  const passages = spread([...collection.corpus.column("id")], MOST.passages);
  const texts = new TwinTexts(encoder, collection, negatives);
  const queries = ids.map((id) => texts.query(id));
  const written = rows.map((row) => texts.written(row));
  const documents = passages.map((id) => texts.document(id));
  await texts.encode(signal);
  return ids.flatMap((query_id, q) => {
    const near = rows.map((row, i) => ({ row, score: texts.similarity(queries[q], written[i]) }))
      .sort((a, b) => b.score - a.score).slice(0, NEAR);
    const known = relevant.get(query_id)!;
    const others = passages.map((doc_id, i) => ({ doc_id, score: texts.similarity(queries[q], documents[i]) }))
      .filter(({ doc_id }) => !known.has(doc_id)).sort((a, b) => a.score - b.score);
    const pairs = near.flatMap(({ row, score }) => {
      const twin = nearest(others, score);
      return twin ? [{ row, doc_id: twin.doc_id, apart: Math.abs(twin.score - score) }] : [];
    }).sort((a, b) => a.apart - b.apart);
    const taken = new Set<string>();
    return pairs.filter(({ doc_id }) => !taken.has(doc_id) && taken.add(doc_id)).slice(0, PER_QUERY)
      .map(({ row, doc_id }) => ({ query_id, row, doc_id }));
  });
}

/** The twins of a run; none if an earlier version of the kit prepared it. */
export async function readTwins(run: RunFolder): Promise<Twin[]> {
  const file = join(run.path, TWINS);
  return await exists(file) ? JSON.parse(await Deno.readTextFile(file)) : [];
}

/** Name of the value that {@link scoreTwins} gives. */
export const BELOW_TWIN = "written-below-twin";

/**
 * By query, the share of twins in which the encoder ranks the written passage below the other one; equal scores count
 * half. Before training it is about one half, by the choice of twins.
 */
export async function scoreTwins(
  twins: readonly Twin[],
  { collection, encoder, negatives, signal }: {
    collection: Collection;
    encoder: Encoder;
    negatives: Table<typeof NEGATIVES>;
    signal?: AbortSignal;
  },
): Promise<Table<typeof SCORES>> {
  const texts = new TwinTexts(encoder, collection, negatives);
  const places = twins.map(({ query_id, row, doc_id }) => ({
    query_id,
    query: texts.query(query_id),
    written: texts.written(row),
    document: texts.document(doc_id),
  }));
  if (places.length > 0) await texts.encode(signal);
  const shares = new Map<string, number[]>();
  for (const { query_id, query, written, document } of places) {
    const difference = texts.similarity(query, document) - texts.similarity(query, written);
    const below = difference > 0 ? 1 : difference < 0 ? 0 : 0.5;
    shares.set(query_id, [...shares.get(query_id) ?? [], below]);
  }
  const builder = new TableBuilder(SCORES);
  for (const [query_id, values] of shares) {
    builder.append({ query_id, measure: BELOW_TWIN, value: values.reduce((a, b) => a + b, 0) / values.length });
  }
  return builder.finish();
}

/** The texts of twins and their vectors. */
class TwinTexts {
  readonly #queries: DistinctTexts;
  readonly #documents: DistinctTexts;
  readonly #collection: Collection;
  readonly #negatives: Table<typeof NEGATIVES>;

  constructor(encoder: Encoder, collection: Collection, negatives: Table<typeof NEGATIVES>) {
    this.#queries = new DistinctTexts(encoder, "query");
    this.#documents = new DistinctTexts(encoder, "document");
    this.#collection = collection;
    this.#negatives = negatives;
  }

  query(id: string): number {
    const { queries } = this.#collection;
    return this.#queries.add(queries.column("text").at(rowsById(queries).get(id)!));
  }

  document(id: string): number {
    const { corpus } = this.#collection;
    return this.#documents.add(passageText(corpus.row(rowsById(corpus).get(id)!)));
  }

  written(row: number): number {
    const { title, text } = this.#negatives.row(row);
    return this.#documents.add(passageText({ title: title ?? "", text: text ?? "" }));
  }

  async encode(signal?: AbortSignal): Promise<void> {
    await this.#queries.encode(undefined, signal);
    await this.#documents.encode(undefined, signal);
  }

  similarity(query: number, document: number): number {
    return dot(this.#queries.vector(query), this.#documents.vector(document));
  }
}

/** The entry of a list in order of scores that is nearest to a score. */
function nearest<T extends { score: number }>(sorted: readonly T[], score: number): T | undefined {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle].score < score) low = middle + 1;
    else high = middle;
  }
  const [below, above] = [sorted[low - 1], sorted[low]];
  return !below ? above : !above || score - below.score <= above.score - score ? below : above;
}

function writtenRows(negatives: Table<typeof NEGATIVES>): number[] {
  const [ids, verdicts] = [negatives.column("doc_id"), negatives.column("verdict")];
  return Array.from({ length: negatives.length }, (_, row) => row)
    .filter((row) => ids.at(row) === null && verdicts.at(row) === "kept");
}

/** Relevant documents of every judged query of the split, by it and by complete judgments. */
function relevantOf({ qrels }: Collection, split: string): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const { query_id } of qrels[split].rows()) if (!found.has(query_id)) found.set(query_id, new Set());
  for (const table of [qrels[split], ...(qrels.complete ? [qrels.complete] : [])]) {
    for (const { query_id, doc_id, grade } of table.rows()) if (grade > 0) found.get(query_id)?.add(doc_id);
  }
  return found;
}

function spread<T>(values: readonly T[], most: number): T[] {
  const count = Math.min(most, values.length);
  return Array.from({ length: count }, (_, i) => values[Math.floor(i * values.length / count)]);
}
