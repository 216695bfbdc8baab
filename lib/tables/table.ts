import { counted } from "../core/format_numbers.ts";
import { textTable } from "../core/text_table.ts";
import type * as arrow from "apache-arrow";
import { KitError } from "../core/errors.ts";
import { type ColumnView, columnView, type TextView, textView } from "./columns.ts";
import type { Kind, Row, Schema, Value } from "./schema.ts";

/**
 * An Arrow table with typed columns: `Table<typeof NEGATIVES>`. A notebook shows its first rows and its length.
 *
 * @category Tables
 *
 * @example
 * ```ts
 * import { QRELS } from "@syneg/kit/tables";
 * import { tableOf } from "@syneg/kit";
 * const qrels = tableOf(QRELS, [{ query_id: "q1", doc_id: "d1", grade: 2 }]);
 * console.log(qrels.length, qrels.row(0).grade);
 * ```
 */
export class Table<S extends Schema> {
  /** Name and columns. */
  readonly schema: S;
  /** The underlying Arrow table. */
  readonly arrow: arrow.Table;
  readonly #views = new Map<string, ColumnView<unknown>>();

  /** Wraps an Arrow table without checking its columns; see {@link checkedTable}. */
  constructor(schema: S, table: arrow.Table) {
    this.schema = schema;
    this.arrow = table;
  }

  /** Number of rows. */
  get length(): number {
    return this.arrow.numRows;
  }

  /** Key and value pairs that are stored with the table, such as an encoder's fingerprint. */
  get metadata(): ReadonlyMap<string, string> {
    return this.arrow.schema.metadata;
  }

  /**
   * A column by name; cells are decoded when read.
   *
   * @throws {KitError} if there is no such column.
   */
  column<K extends keyof S["columns"] & string>(name: K): ColumnView<Value<S["columns"][K]>> {
    let view = this.#views.get(name);
    if (view === undefined) {
      this.#views.set(name, view = columnView(this.#vector(name, "a column"), this.schema.columns[name].kind));
    }
    return view as ColumnView<Value<S["columns"][K]>>;
  }

  /**
   * A column of text whose cells can be read as UTF-8 bytes, without creating strings.
   *
   * @throws {KitError} if the column is missing or not text.
   */
  texts<K extends keyof S["columns"] & string>(name: K): TextView {
    return textView(this.#vector(name, "text", "utf8", "json"));
  }

  /**
   * A numeric column as one typed array; not copied if the column is one chunk.
   *
   * @throws {KitError} if the column is missing, not numeric, or contains nulls.
   */
  numbers<K extends keyof S["columns"] & string>(name: K): Int32Array | Float32Array | Float64Array {
    const vector = this.#vector(name, "numbers", "int32", "float32", "float64");
    if (vector.nullCount > 0) {
      throw new KitError(
        `Cannot read column "${name}" of ${this.schema.name} as numbers: ${vector.nullCount} are null`,
      );
    }
    const parts = vector.data.map((chunk) => chunk.values.subarray(0, chunk.length));
    return parts.length === 1 ? parts[0] : vector.toArray().subarray(0, this.length);
  }

  /**
   * A column of vectors as one array `[length, width]`; not copied if the column is one chunk.
   *
   * @throws {KitError} if the column is missing or has no vectors.
   */
  vectors<K extends keyof S["columns"] & string>(name: K): { data: Float32Array; width: number } {
    const vector = this.#vector(name, "vectors", "vector");
    const width = (vector.type as arrow.FixedSizeList).listSize;
    const parts = vector.data.map((chunk) =>
      (chunk.children[0].values as Float32Array).subarray(0, chunk.length * width)
    );
    if (parts.length === 1) return { data: parts[0], width };
    const data = new Float32Array(this.length * width);
    let at = 0;
    for (const part of parts) {
      data.set(part, at);
      at += part.length;
    }
    return { data, width };
  }

  #vector(name: string, as: string, ...kinds: Kind[]): arrow.Vector {
    const vector = this.arrow.getChild(name);
    const kind = this.schema.columns[name]?.kind;
    if (vector !== null && kind !== undefined && (kinds.length === 0 || kinds.includes(kind))) return vector;
    const found = vector === null || kind === undefined ? "missing" : kind;
    throw new KitError(`Cannot read column "${name}" of ${this.schema.name} as ${as}: it is ${found}`);
  }

  /**
   * A row as an object.
   *
   * @throws {KitError} if there is no such row.
   */
  row(index: number): Row<S> {
    if (!(Number.isInteger(index) && index >= 0 && index < this.length)) {
      throw new KitError(`Cannot read row ${index} of ${this.schema.name}: it has ${this.length} rows`);
    }
    const row: Record<string, unknown> = {};
    for (const name of Object.keys(this.schema.columns)) row[name] = this.column(name).at(index);
    return row as Row<S>;
  }

  /** The rows as objects, in order. */
  *rows(): Generator<Row<S>> {
    const columns = Object.keys(this.schema.columns).map((name) => [name, this.column(name)] as const);
    for (let i = 0; i < this.length; i++) {
      const row: Record<string, unknown> = {};
      for (const [name, column] of columns) row[name] = column.at(i);
      yield row as Row<S>;
    }
  }

  /** The rows from `begin` to `end` (exclusive), not copied. */
  slice(begin: number, end: number): Table<S> {
    return new Table(this.schema, this.arrow.slice(begin, end));
  }

  /** The first rows, for a notebook. */
  [Symbol.for("Jupyter.display")](): Record<string, string> {
    return { "text/plain": this.#text(), "text/html": this.#html() };
  }

  /** The first rows, for `console.log`. */
  [Symbol.for("Deno.customInspect")](): string {
    return this.#text();
  }

  #head(): { names: string[]; cells: string[][]; caption: string } {
    const names = Object.keys(this.schema.columns);
    const shown = Math.min(5, this.length);
    const cells = Array.from({ length: shown }, (_, i) => {
      const row = this.row(i) as Record<string, unknown>;
      return names.map((name) => brief(row[name]));
    });
    const caption = `${this.schema.name}: ${counted(this.length, "row")}` +
      (shown < this.length ? `, the first ${shown}` : "");
    return { names, cells, caption };
  }

  #text(): string {
    const { names, cells, caption } = this.#head();
    const used = names.map((_, j) => cells.length === 0 || cells.some((row) => row[j] !== ""));
    const shown = (row: readonly string[]) => row.filter((_, j) => used[j]);
    return `${caption}\n${textTable(shown(names), cells.map(shown), { align: "" })}`;
  }

  #html(): string {
    const { names, cells, caption } = this.#head();
    const line = (row: string[], tag: string) =>
      `<tr>${row.map((cell) => `<${tag} style="text-align:left">${escape(cell)}</${tag}>`).join("")}</tr>`;
    return `<table><caption style="text-align:left">${escape(caption)}</caption><thead>${line(names, "th")}</thead>` +
      `<tbody>${cells.map((row) => line(row, "td")).join("")}</tbody></table>`;
  }
}

function brief(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (value instanceof Float32Array) return `[${value.length} numbers]`;
  if (typeof value === "number") return Number.isInteger(value) ? String(value) : value.toPrecision(4);
  const text = String(value).replaceAll(/\s+/g, " ");
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
