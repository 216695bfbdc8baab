import * as z from "zod";
import { checkCollection } from "../../collections/check_arguments.ts";
import { type Passage, passageText } from "../../collections/passage.ts";
import { documentsOf, passagesOf } from "../../collections/passages.ts";
import type { Collection } from "../../collections/types.ts";
import { showing } from "../../core/display.ts";
import { ArgumentError } from "../../core/errors.ts";
import { html, type Markup } from "../../core/html.ts";
import { suggestion } from "../../core/nearest.ts";
import { type OptionShape, parseOptions } from "../../core/parse_options.ts";
import { textTable } from "../../core/text_table.ts";
import { rowsById } from "../../tables/rows_by_id.ts";
import type { NEGATIVES, RUN } from "../../tables/schema.ts";
import type { Table } from "../../tables/table.ts";

/**
 * Options of {@link showQuery}.
 *
 * @category Negatives
 */
export interface ShowQueryOptions {
  /** Rankings to show side by side, by name. Omit for none. */
  runs?: Readonly<Record<string, Table<typeof RUN>>>;
  /**
   * Rows of each source and of each ranking.
   * @default {5}
   */
  depth?: number;
  /** Split whose grades are shown. Omit for `complete`, or the first split that judges the query. */
  judgments?: string;
}

const OPTIONS = z.strictObject(
  {
    runs: z.record(z.string(), z.custom<Table<typeof RUN>>((value) => value instanceof Object)).default({}),
    depth: z.int().min(1).default(5),
    judgments: z.string().optional(),
  } satisfies OptionShape<ShowQueryOptions>,
);

/**
 * One query with its passages. It shows itself in a notebook; `text` is for terminals.
 *
 * @category Negatives
 */
export interface QueryView {
  /** Lines of at most 140 characters. */
  readonly text: string;
}

/** A line of the view. */
interface Line {
  readonly group: string;
  readonly rank: number | "";
  readonly score: string;
  readonly note: string;
  readonly grade: number | "";
  readonly passage: Passage;
}

/**
 * Shows one query with its positives, its negatives by source, and rankings side by side.
 *
 * @param id Id of the query.
 * @param negatives Negatives to show. Omit for none.
 * @throws {ArgumentError} for an unknown query, split or option.
 *
 * @example
 * ```ts
 * import { loadCollection, mine, showQuery } from "@syneg/kit";
 * const facets = await loadCollection("facets");
 * const mined = await mine(facets, { source: "bm25", depth: 5 });
 * console.log(showQuery(facets, mined.row(0).query_id, mined, { depth: 3 }).text);
 * ```
 * @category Negatives
 */
export function showQuery(
  collection: Collection,
  id: string,
  negatives?: Table<typeof NEGATIVES>,
  options: ShowQueryOptions = {},
): QueryView {
  const checked = parseOptions("showQuery", OPTIONS, options);
  checkCollection("showQuery", collection);
  const { text, markup } = queryParts(collection, id, { negatives, ...checked });
  return showing({ text }, { html: () => markup.text, text: () => text });
}

/** What a query's view shows. */
export interface QueryParts {
  readonly negatives?: Table<typeof NEGATIVES>;
  readonly runs: Readonly<Record<string, Table<typeof RUN>>>;
  readonly depth: number;
  readonly judgments?: string;
}

/**
 * A query's view as text and as markup.
 *
 * @throws {ArgumentError} for an unknown query or split.
 */
export function queryParts(
  collection: Collection,
  id: string,
  { negatives, runs, depth, judgments }: QueryParts,
): { text: string; markup: Markup } {
  const row = rowsById(collection.queries).get(id);
  if (row === undefined) {
    const known = collection.queries.column("id");
    throw new ArgumentError(`Unknown query "${id}" of ${collection.name}: ${suggestion(id, known)}`);
  }
  const grades = gradesOf(collection, id, judgments);
  const query = collection.queries.column("text").at(row);
  const document = documentsOf(collection.corpus);
  const passage = (doc_id: string): Passage => {
    const found = document(doc_id);
    return found ?? { title: "", text: "(not in the corpus)" };
  };
  const positives: Line[] = [...grades].filter(([, grade]) => grade > 0).slice(0, depth).map(([doc_id, grade]) => ({
    ...{ group: "positive", rank: "", score: "", note: doc_id, grade, passage: passage(doc_id) },
  }));
  const found = negatives ? candidates({ negatives, collection, id, depth, grades }) : [];
  const ranked = Object.entries(runs).map(([name, run]) => ({
    name,
    lines: [...run.rows()].filter(({ query_id, rank }) => query_id === id && rank <= depth)
      .sort((a, b) => a.rank - b.rank)
      .map(({ doc_id, rank, score }): Line => ({
        ...{ group: name, rank, score: score.toFixed(3), note: doc_id, grade: grades.get(doc_id) ?? "" },
        passage: passage(doc_id),
      })),
  }));
  const text = asText(`${id}: ${query}`, [...positives, ...found, ...ranked.flatMap(({ lines }) => lines)]);
  return { text, markup: asHtml({ id, query, lines: [...positives, ...found], ranked }) };
}

/** Grades of a query's documents, the highest first. */
function gradesOf(collection: Collection, id: string, judgments: string | undefined): Map<string, number> {
  const splits = Object.keys(collection.qrels);
  if (judgments !== undefined && !splits.includes(judgments)) {
    throw new ArgumentError(`Unknown split "${judgments}" of ${collection.name}: ${suggestion(judgments, splits)}`);
  }
  const order = judgments ? [judgments] : ["complete", ...splits].filter((name) => splits.includes(name));
  for (const split of order) {
    const rows = [...collection.qrels[split].rows()].filter(({ query_id }) => query_id === id);
    if (rows.length > 0) return new Map(rows.sort((a, b) => b.grade - a.grade).map((row) => [row.doc_id, row.grade]));
  }
  return new Map();
}

/** The first `depth` negatives of every source, in the table's order. */
function candidates(
  { negatives, collection, id, depth, grades }: {
    negatives: Table<typeof NEGATIVES>;
    collection: Collection;
    id: string;
    depth: number;
    grades: ReadonlyMap<string, number>;
  },
): Line[] {
  const passage = passagesOf(negatives, collection.corpus);
  const counts = new Map<string, number>();
  const lines: Line[] = [];
  const ids = negatives.column("query_id");
  for (let row = 0; row < negatives.length; row++) {
    if (ids.at(row) !== id) continue;
    const { source, rank, score, verdict, reason, doc_id } = negatives.row(row);
    const count = (counts.get(source) ?? 0) + 1;
    if (count > depth) continue;
    counts.set(source, count);
    lines.push({
      group: source,
      rank: rank ?? "",
      score: score === null ? "" : score.toFixed(3),
      note: verdict === "kept" ? "kept" : reason ?? verdict,
      grade: doc_id === null ? "" : grades.get(doc_id) ?? "",
      passage: passage(row),
    });
  }
  return lines.sort((a, b) => a.group < b.group ? -1 : a.group > b.group ? 1 : 0);
}

const HEAD = ["", "rank", "score", "", "grade", "passage"];

function asText(title: string, lines: readonly Line[]): string {
  const brief = (text: string, most: number) => {
    const line = text.replaceAll(/\s+/g, " ");
    return line.length > most ? `${line.slice(0, most - 1)}…` : line;
  };
  const rows = lines.map((
    { group, rank, score, note, grade, passage },
  ) => [group, rank, score, brief(note, 30), grade, brief(passageText(passage), 70)]);
  return [title, textTable(HEAD, rows)].join("\n");
}

interface HtmlView {
  readonly id: string;
  readonly query: string;
  readonly lines: readonly Line[];
  readonly ranked: readonly { readonly name: string; readonly lines: readonly Line[] }[];
}

const LEFT = "text-align:left;vertical-align:top";

function asHtml({ id, query, lines, ranked }: HtmlView): Markup {
  const rankings = ranked.map(({ name, lines }) =>
    html`<table style="flex:1 1 20em"><caption style="text-align:left"><b>${name}</b></caption>${
      rowsOf(lines.map((line) => ({ ...line, group: "" })))
    }</table>`
  );
  return html`
    <div>
      <p><b>${query}</b> <span style="opacity:.7">${id}</span></p>
      <table>${rowsOf(lines)}</table>
      <div style="display:flex;flex-wrap:wrap;gap:1em;align-items:flex-start">${rankings}</div>
    </div>
  `;
}

/** Head and body of a table, without columns that no line fills. */
function rowsOf(lines: readonly Line[]): Markup {
  const cells = lines.map(({ group, rank, score, note, grade, passage: { title, text } }) => [
    ...[group, rank, score, note, grade],
    html`${
      title === "" ? "" : html`
        <b>${title}</b>
      `
    }${text}`,
  ]);
  const used = HEAD.map((_, j) => cells.some((row) => row[j] !== ""));
  const style = (j: number) => j === HEAD.length - 1 ? `${LEFT};min-width:12em;max-width:40em` : LEFT;
  const shown = <T>(row: readonly T[], cell: (part: T, j: number) => Markup) =>
    row.flatMap((part, j) => used[j] ? [cell(part, j)] : []);
  const body = cells.map((row) =>
    html`<tr>${shown(row, (part, j) => html`<td style="${style(j)}">${part}</td>`)}</tr>`
  );
  const head = shown(HEAD, (name) => html`<th style="text-align:left">${name}</th>`);
  return html`
    <thead>
      <tr>${head}</tr>
    </thead>
    <tbody>${body}</tbody>
  `;
}
