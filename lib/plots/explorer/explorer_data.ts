import { documentsOf, passagesOf } from "../../collections/passages.ts";
import type { Collection } from "../../collections/types.ts";
import type { NEGATIVES, Source } from "../../tables/schema.ts";
import type { Table } from "../../tables/table.ts";
import { rowsById } from "../../tables/rows_by_id.ts";
import type { REVIEWS } from "../../tables/reviews.ts";
import { sourceColor } from "../../tables/sources.ts";

/** A passage of the page; its id is null when it was written. */
interface PagePassage {
  readonly id: string | null;
  readonly title: string;
  readonly text: string;
}

/** What the page shows: every passage once, rows as columns of equal length. */
export interface ExplorerData {
  readonly queries: { readonly id: string; readonly text: string; readonly positives: readonly number[] }[];
  readonly passages: PagePassage[];
  readonly sources: string[];
  readonly colors: Record<string, string>;
  /** Whether complete judgments are known. */
  readonly graded: boolean;
  /** A reviewer's verdicts: query, passage, verdict. */
  readonly reviews: readonly (readonly [query: number, passage: number, verdict: string])[];
  /** Who gave them; empty if unknown. */
  readonly reviewer: string;
  readonly rows: Record<
    "query" | "passage" | "source" | "rank" | "score" | "positive" | "verdict" | "reason" | "grade" | "origin",
    (number | string | null)[]
  >;
}

/** What {@link explorerData} reads. */
export interface ExplorerInput {
  readonly collection: Collection;
  readonly negatives: Table<typeof NEGATIVES>;
  /** Split whose positives appear beside the candidates. */
  readonly split: string;
  /** Split that holds complete judgments; undefined if there is none. */
  readonly judgments?: string;
  /** Verdicts that a reviewer has given. */
  readonly reviews?: Table<typeof REVIEWS>;
}

/** Collects what the page shows. Queries come in the order of the table's rows. */
export function explorerData({ collection, negatives, split, judgments, reviews }: ExplorerInput): ExplorerData {
  const passages = new PassageList();
  const document = documentsOf(collection.corpus);
  const positives = gradesByQuery(collection, split);
  const complete = judgments === undefined ? undefined : gradesByQuery(collection, judgments);
  const queryRows = rowsById(collection.queries);
  const queries: { id: string; text: string; positives: number[] }[] = [];
  const positions = new Map<string, number>();
  const position = (id: string) => {
    let at = positions.get(id);
    if (at !== undefined) return at;
    positions.set(id, at = queries.length);
    const answers = [...positives.get(id) ?? []].filter(([, grade]) => grade > 0).map(([doc_id]) => doc_id);
    const known = answers.flatMap((doc_id) => {
      const passage = document(doc_id);
      return passage ? [passages.add({ id: doc_id, ...passage })] : [];
    });
    const row = queryRows.get(id);
    queries.push({ id, text: row === undefined ? "" : collection.queries.column("text").at(row), positives: known });
    return at;
  };

  const rows: ExplorerData["rows"] = {
    ...{ query: [], passage: [], source: [], rank: [], score: [] },
    ...{ positive: [], verdict: [], reason: [], grade: [], origin: [] },
  };
  const sources = [...new Set(negatives.column("source"))].sort() as Source[];
  const passageAt = passagesOf(negatives, collection.corpus);
  let at = 0;
  for (const row of negatives.rows()) {
    rows.query.push(position(row.query_id));
    rows.passage.push(passages.add({ id: row.doc_id, ...passageAt(at++) }));
    rows.source.push(sources.indexOf(row.source as Source));
    rows.rank.push(row.rank);
    rows.score.push(rounded(row.score));
    rows.positive.push(rounded(row.positive_score));
    rows.verdict.push(row.verdict);
    rows.reason.push(row.reason);
    rows.grade.push(row.doc_id === null ? null : complete?.get(row.query_id)?.get(row.doc_id) ?? null);
    rows.origin.push([row.recipe, row.writer].filter(Boolean).join(", ") || null);
  }
  return {
    queries,
    passages: passages.all,
    sources,
    colors: Object.fromEntries(sources.map((source) => [source, String(sourceColor[source])])),
    reviews: [...reviews?.rows() ?? []].flatMap(({ query_id, doc_id, title, text, verdict }) => {
      const [query, passage] = [
        positions.get(query_id),
        passages.find({ id: doc_id, title: title ?? "", text: text ?? "" }),
      ];
      return query === undefined || passage === undefined ? [] : [[query, passage, verdict] as const];
    }),
    reviewer: reviews?.length ? reviews.row(0).reviewer ?? "" : "",
    graded: rows.grade.some((grade) => grade !== null),
    rows,
  };
}

/** A score with the digits of a 32-bit number, not with those of its form in 64 bits. */
function rounded(score: number | null): number | null {
  return score === null ? null : Number(score.toPrecision(7));
}

/** Every passage once, whoever shows it. */
class PassageList {
  readonly all: PagePassage[] = [];
  readonly #at = new Map<string, number>();

  /** Its position. */
  add(passage: PagePassage): number {
    const key = keyOf(passage);
    let at = this.#at.get(key);
    if (at === undefined) {
      this.#at.set(key, at = this.all.length);
      this.all.push(passage);
    }
    return at;
  }

  /** Its position; undefined if no row shows it. */
  find(passage: PagePassage): number | undefined {
    return this.#at.get(keyOf(passage));
  }
}

function keyOf({ id, title, text }: PagePassage): string {
  return JSON.stringify(id === null ? [title, text] : id);
}

function gradesByQuery(collection: Collection, split: string): Map<string, Map<string, number>> {
  const grades = new Map<string, Map<string, number>>();
  for (const { query_id, doc_id, grade } of collection.qrels[split]?.rows() ?? []) {
    const known = grades.get(query_id);
    if (known) known.set(doc_id, grade);
    else grades.set(query_id, new Map([[doc_id, grade]]));
  }
  return grades;
}
