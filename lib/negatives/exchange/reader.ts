import { KitError, type Place } from "../../core/errors.ts";
import { NEGATIVES, type NewRow, type Source, SOURCES } from "../../tables/schema.ts";
import type { Table } from "../../tables/table.ts";
import { TableBuilder } from "../../tables/table_builder.ts";
import type { Collection } from "../../collections/types.ts";
import type { Example, ExamplePassage } from "./example.ts";

type NegativeRow = NewRow<typeof NEGATIVES>;

/** Collects the negatives of a query over all its rows; repetitions are dropped. */
export abstract class Reader {
  readonly #rows = new Map<string, { seen: Map<string, Example>; rows: NegativeRow[] }>();
  readonly #positiveScores = new Map<string, number>();

  abstract add(example: Example, place: Place): void;

  protected negative(
    query_id: string,
    { key, passage, example, place }: { key: string; passage: ExamplePassage; example: Example; place: Place },
    row: Partial<NegativeRow>,
  ) {
    checkScore("negative", query_id, passage, place);
    let own = this.#rows.get(query_id);
    if (!own) this.#rows.set(query_id, own = { seen: new Map(), rows: [] });
    if (own.seen.has(key) && own.seen.get(key) !== example) return;
    own.seen.set(key, example);
    const { retriever } = passage;
    const known = retriever !== undefined && (SOURCES as readonly string[]).includes(retriever);
    const source = known ? retriever as Source : "imported";
    own.rows.push({
      query_id,
      source,
      scorer: known ? undefined : retriever,
      rank: own.rows.filter((other) =>
        other.source === source && other.scorer === (known ? undefined : retriever)
      ).length + 1,
      score: passage.score,
      verdict: "kept",
      ...row,
    });
  }

  /** Records the score of a query's positive: the lowest of all, NaN if one has none. */
  protected positive(query_id: string, passage: ExamplePassage, place: Place) {
    checkScore("positive", query_id, passage, place);
    const lowest = this.#positiveScores.get(query_id) ?? Infinity;
    this.#positiveScores.set(query_id, Math.min(lowest, passage.score ?? NaN));
  }

  protected table(): Table<typeof NEGATIVES> {
    const builder = new TableBuilder(NEGATIVES);
    for (const [query_id, { rows }] of this.#rows) {
      const lowest = this.#positiveScores.get(query_id) ?? NaN;
      const positive_score = Number.isNaN(lowest) ? undefined : lowest;
      for (const row of rows) builder.append({ ...row, positive_score });
    }
    return builder.finish();
  }

  abstract finish(): { collection: Collection; negatives: Table<typeof NEGATIVES> };
}

function checkScore(what: string, query_id: string, { score }: ExamplePassage, place: Place): void {
  if (score === undefined || Number.isFinite(score)) return;
  throw new KitError(`Cannot import a ${what} of query "${query_id}": its score is ${score}`, place);
}
