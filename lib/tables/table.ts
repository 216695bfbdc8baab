import type * as arrow from "apache-arrow";
import { DISPLAY, INSPECT } from "../core/display.ts";
import { KitError } from "../core/errors.ts";
import { ArrowBuilder } from "./arrow_builder.ts";
import { type ColumnView, columnView, type TextView, textView } from "./columns.ts";
import { type Condition, rowsWhere, sortedRows, type SortOptions } from "./select.ts";
import { tableHtml, tableText } from "./show_table.ts";
import type { Kind, Row, Schema, Value } from "./types.ts";

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

  /**
   * The rows that meet a condition, in order: a value, or any of several, for each column named; or a function of the row.
   *
   * @throws {ArgumentError} for an unknown column.
   *
   * @example
   * ```ts
   * import { loadCollection, mine } from "@syneg/kit";
   * const mined = await mine(await loadCollection("facets"), { source: "bm25", depth: 5 });
   * console.log(mined.where({ verdict: ["dropped", "relabeled"] }).length, mined.where((row) => row.rank! < 3).length);
   * ```
   */
  where(condition: Condition<S>): Table<S> {
    return this.#select(rowsWhere(this, condition));
  }

  /**
   * The rows in order of a column, the least first; rows of equal value keep their order, those without one come last.
   *
   * @throws {ArgumentError} for an unknown column or option.
   *
   * @example
   * ```ts
   * import { loadCollection, mine } from "@syneg/kit";
   * const mined = await mine(await loadCollection("facets"), { source: "bm25", depth: 5 });
   * console.log(mined.sortBy("score", { descending: true }).row(0).score);
   * ```
   */
  sortBy<K extends keyof S["columns"] & string>(name: K, options: SortOptions = {}): Table<S> {
    return this.#select(sortedRows(this, name, options));
  }

  /** The first rows; 5 if no number is given. */
  head(count = 5): Table<S> {
    return this.slice(0, Math.max(0, Math.min(count, this.length)));
  }

  /** The rows as an array of objects. */
  toObjects(): Row<S>[] {
    return [...this.rows()];
  }

  #select(rows: Iterable<number>): Table<S> {
    const builder = new ArrowBuilder(this.schema, Object.fromEntries(this.metadata));
    for (const row of rows) builder.copy(this, row);
    return new Table(this.schema, builder.finish());
  }

  /** The first rows, or the first of every source, for a notebook. */
  [DISPLAY](): Record<string, string> {
    return { "text/plain": tableText(this), "text/html": tableHtml(this) };
  }

  /** The same, for `console.log`. */
  [INSPECT](): string {
    return tableText(this);
  }
}
