import * as arrow from "apache-arrow";
import { KitError } from "../core/errors.ts";
import type { Row, Schema, Value } from "./schema.ts";

/** A column to read: anything with `length` and `at`. `at` decodes one cell; text stays in Arrow's buffers. */
export interface ColumnView<T> {
  readonly length: number;
  at(index: number): T;
  [Symbol.iterator](): Iterator<T>;
}

/**
 * An Arrow table that knows its columns: `Table<typeof NEGATIVES>`.
 *
 * In a notebook it shows its first rows and its length, never its insides.
 *
 * @example
 * ```ts
 * import { QRELS, tableOf } from "@syneg/kit";
 * const qrels = tableOf(QRELS, [{ query_id: "q1", doc_id: "d1", grade: 2 }]);
 * console.log(qrels.length, qrels.row(0).grade);
 * ```
 */
export class Table<S extends Schema> {
  readonly schema: S;
  /** The Arrow table behind it. */
  readonly arrow: arrow.Table;

  constructor(schema: S, table: arrow.Table) {
    this.schema = schema;
    this.arrow = table;
  }

  get length(): number {
    return this.arrow.numRows;
  }

  /** Key and value pairs that travel with the table on disk, such as an encoder's fingerprint. */
  get metadata(): ReadonlyMap<string, string> {
    return this.arrow.schema.metadata;
  }

  /** A column by name; cells are decoded when they are read. */
  column<K extends keyof S["columns"] & string>(name: K): ColumnView<Value<S["columns"][K]>> {
    const vector = this.arrow.getChild(name);
    if (vector === null) throw new KitError(`Cannot read column "${name}" of ${this.schema.name}: it is not there`);
    return new VectorView(vector) as ColumnView<Value<S["columns"][K]>>;
  }

  /** A numeric column without nulls as one typed array; no copy where the column is one chunk. */
  numbers<K extends keyof S["columns"] & string>(name: K): Int32Array | Float32Array | Float64Array {
    const vector = this.arrow.getChild(name);
    const kind = this.schema.columns[name]?.kind;
    if (vector === null || (kind !== "int32" && kind !== "float32" && kind !== "float64")) {
      throw new KitError(`Cannot read column "${name}" of ${this.schema.name} as numbers: it is ${kind ?? "absent"}`);
    }
    if (vector.nullCount > 0) {
      throw new KitError(
        `Cannot read column "${name}" of ${this.schema.name} as numbers: ${vector.nullCount} are null`,
      );
    }
    return vector.toArray();
  }

  /** The vectors of a `vector` column, row after row in one array of length x width; no copy where it is one chunk. */
  vectors<K extends keyof S["columns"] & string>(name: K): { data: Float32Array; width: number } {
    const vector = this.arrow.getChild(name);
    if (vector === null || this.schema.columns[name].kind !== "vector") {
      throw new KitError(`Cannot read column "${name}" of ${this.schema.name} as vectors`);
    }
    const width = (vector.type as arrow.FixedSizeList).listSize;
    const parts = vector.data.map((chunk) => {
      const values = chunk.children[0].values as Float32Array;
      return values.subarray(chunk.offset * width, (chunk.offset + chunk.length) * width);
    });
    if (parts.length === 1) return { data: parts[0], width };
    const data = new Float32Array(this.length * width);
    let at = 0;
    for (const part of parts) {
      data.set(part, at);
      at += part.length;
    }
    return { data, width };
  }

  /** One row as an object. */
  row(index: number): Row<S> {
    if (!(Number.isInteger(index) && index >= 0 && index < this.length)) {
      throw new KitError(`Cannot read row ${index} of ${this.schema.name}: it has ${this.length} rows`);
    }
    const row: Record<string, unknown> = {};
    for (const name of Object.keys(this.schema.columns)) row[name] = this.column(name).at(index);
    return row as Row<S>;
  }

  /** All rows, one object after the other. */
  *rows(): Generator<Row<S>> {
    const columns = Object.keys(this.schema.columns).map((name) => [name, this.column(name)] as const);
    for (let i = 0; i < this.length; i++) {
      const row: Record<string, unknown> = {};
      for (const [name, column] of columns) row[name] = column.at(i);
      yield row as Row<S>;
    }
  }

  /** Rows `begin` to `end` (not included) without copying. */
  slice(begin: number, end: number): Table<S> {
    return new Table(this.schema, this.arrow.slice(begin, end));
  }

  [Symbol.for("Jupyter.display")](): Record<string, string> {
    return { "text/plain": this.#text(), "text/html": this.#html() };
  }

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
    const rows = this.length.toLocaleString("en");
    const caption = `${this.schema.name}: ${rows} ${this.length === 1 ? "row" : "rows"}` +
      (shown < this.length ? `, the first ${shown}` : "");
    return { names, cells, caption };
  }

  #text(): string {
    const { names, cells, caption } = this.#head();
    const used = names.map((_, j) => cells.length === 0 || cells.some((row) => row[j] !== ""));
    const table = [names, ...cells].map((row) => row.filter((_, j) => used[j]));
    const widths = table[0].map((_, j) => Math.max(...table.map((row) => row[j].length)));
    const lines = table.map((row) => row.map((cell, j) => cell.padEnd(widths[j])).join("  ").trimEnd());
    return [caption, ...lines].join("\n");
  }

  #html(): string {
    const { names, cells, caption } = this.#head();
    const line = (row: string[], tag: string) =>
      `<tr>${row.map((cell) => `<${tag} style="text-align:left">${escape(cell)}</${tag}>`).join("")}</tr>`;
    return `<table><caption style="text-align:left">${escape(caption)}</caption><thead>${line(names, "th")}</thead>` +
      `<tbody>${cells.map((row) => line(row, "td")).join("")}</tbody></table>`;
  }
}

class VectorView {
  readonly length: number;
  readonly #vector: arrow.Vector;
  constructor(vector: arrow.Vector) {
    this.#vector = vector;
    this.length = vector.length;
  }
  at(index: number): unknown {
    const value = this.#vector.get(index);
    return value instanceof arrow.Vector ? value.toArray() : value;
  }
  *[Symbol.iterator](): Generator<unknown> {
    for (let i = 0; i < this.length; i++) yield this.at(i);
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
