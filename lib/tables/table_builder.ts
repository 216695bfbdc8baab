import { checkOptions, type OptionKinds } from "../core/options.ts";
import { ArrowBuilder } from "./arrow_builder.ts";
import type { NewRow, Schema } from "./schema.ts";
import { Table } from "./table.ts";

/**
 * Options of {@link TableBuilder} and {@link tableOf}.
 *
 * @category Tables
 */
export interface TableOptions {
  /** Key and value pairs to store with the table. Omit for none. */
  metadata?: Record<string, string>;
}

const TABLE_OPTIONS: OptionKinds<TableOptions> = { metadata: "object" };

/**
 * Builds a {@link Table} row by row. Text is written directly into Arrow's buffers, in chunks, so that a corpus of any
 * size never exists as JavaScript strings.
 *
 * @category Tables
 *
 * @example
 * ```ts
 * import { QUERIES, TableBuilder } from "./mod.ts";
 * const builder = new TableBuilder(QUERIES);
 * builder.append({ id: "q1", text: "tram noise" });
 * console.log(builder.finish().length); // 1
 * ```
 */
export class TableBuilder<S extends Schema> {
  readonly #schema: S;
  readonly #rows: ArrowBuilder<S>;

  /** An empty builder. */
  constructor(schema: S, options: TableOptions = {}) {
    this.#schema = schema;
    this.#rows = new ArrowBuilder(schema, options.metadata);
  }

  /**
   * Appends a row.
   *
   * @throws {KitError} if a value is missing or has the wrong type; the row is then not appended.
   */
  append(row: NewRow<S>): this {
    this.#rows.append(row);
    return this;
  }

  /** Appends a row of another table of the same schema; text is copied as bytes. */
  copy(table: Table<S>, row: number): this {
    this.#rows.copy(table, row);
    return this;
  }

  /** Returns the table of all rows and empties the builder. */
  finish(): Table<S> {
    return new Table(this.#schema, this.#rows.finish());
  }
}

/**
 * A table of the given rows.
 *
 * @throws {KitError} if a value is missing or has the wrong type.
 *
 * @category Tables
 *
 * @example
 * ```ts
 * import { QRELS } from "@syneg/kit/tables";
 * import { tableOf } from "@syneg/kit";
 * console.log(tableOf(QRELS, [{ query_id: "q1", doc_id: "d1", grade: 2 }]).length); // 1
 * ```
 */
export function tableOf<S extends Schema>(schema: S, rows: Iterable<NewRow<S>>, options?: TableOptions): Table<S> {
  checkOptions<TableOptions>("tableOf", options ?? {}, TABLE_OPTIONS);
  const builder = new TableBuilder(schema, options);
  for (const row of rows) builder.append(row);
  return builder.finish();
}
