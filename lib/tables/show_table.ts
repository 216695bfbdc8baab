import { counted } from "../core/format_numbers.ts";
import { html, type Markup } from "../core/html.ts";
import { textTable } from "../core/text_table.ts";
import type { ColumnView } from "./columns.ts";
import type { Schema } from "./types.ts";

/** Rows that a table shows of itself. */
const SHOWN = 6;

/** What is shown. */
interface ShownTable {
  readonly schema: Schema;
  readonly length: number;
  column(name: string): ColumnView<unknown>;
}

/** A table's first rows, or the first of every source, as text. */
export function tableText(table: ShownTable): string {
  const { names, cells, caption } = shownOf(table);
  return `${caption}\n${textTable(names, cells, { align: "" })}`;
}

/** The same as markup. */
export function tableHtml(table: ShownTable): string {
  const { names, cells, caption } = shownOf(table);
  const left = "text-align:left";
  const line = (row: readonly string[], cell: (text: string) => Markup) => html`<tr>${row.map(cell)}</tr>`;
  const body = cells.map((row) => line(row, (text) => html`<td style="${left}">${text}</td>`));
  const head = line(names, (text) => html`<th style="${left}">${text}</th>`);
  return html`
    <table>
      <caption style="${left}">${caption}</caption>
      <thead>${head}</thead>
      <tbody>${body}</tbody>
    </table>
  `
    .text;
}

/** Columns that hold something in the rows shown. */
function shownOf(table: ShownTable): { names: string[]; cells: string[][]; caption: string } {
  const { rows, which } = chosen(table);
  const all = Object.keys(table.schema.columns).map((name) => {
    const column = table.column(name);
    return { name, values: rows.map((row) => column.at(row)) };
  });
  const filled = rows.length === 0 ? all : all.filter(({ values }) => values.some((value) => (value ?? "") !== ""));
  const most = filled.length <= 4 ? 90 : 40;
  const used = filled.map(({ name, values }) => ({ name, cells: values.map((value) => brief(value, most)) }));
  return {
    names: used.map(({ name }) => name),
    cells: rows.map((_, i) => used.map(({ cells }) => cells[i])),
    caption: `${table.schema.name}: ${counted(table.length, "row")}${rows.length < table.length ? `, ${which}` : ""}`,
  };
}

/** The first rows; of several sources, the first of each. */
function chosen(table: ShownTable): { rows: number[]; which: string } {
  const first = { rows: [...Array(Math.min(SHOWN, table.length)).keys()], which: `the first ${SHOWN}` };
  if (!Object.hasOwn(table.schema.columns, "source")) return first;
  const rows = new Map<unknown, number[]>();
  let row = 0;
  for (const source of table.column("source")) {
    const own = rows.get(source);
    if (!own) rows.set(source, [row]);
    else if (own.length < SHOWN) own.push(row);
    row++;
  }
  if (rows.size < 2) return first;
  const each = Math.max(1, Math.floor(SHOWN / rows.size));
  return {
    rows: [...rows.values()].flatMap((own) => own.slice(0, each)),
    which: each === 1 ? "the first of each source" : `the first ${each} of each source`,
  };
}

function brief(value: unknown, most: number): string {
  if (value === null || value === undefined) return "";
  if (value instanceof Float32Array) return `[${value.length} numbers]`;
  if (typeof value === "number") return Number.isInteger(value) ? String(value) : value.toPrecision(4);
  const text = String(value).replaceAll(/\s+/g, " ");
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
