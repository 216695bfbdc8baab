import * as arrow from "apache-arrow";
import { arrowType, dictionaryOf } from "./arrow_type.ts";
import { ColumnBuilder, type Parts } from "./column_builder.ts";
import type { ColumnView, TextView } from "./columns.ts";
import type { NewRow, Schema } from "./types.ts";

/** Bytes of a column in a chunk, well below the 2 GB that Arrow's 32-bit offsets allow. */
const CHUNK_BYTES = 128 << 20;

/** A table whose rows are copied. */
export interface CopiedTable {
  column(name: string): ColumnView<unknown>;
  texts(name: string): TextView;
}

/**
 * Builds an Arrow table of a schema row by row. Text is written directly into Arrow's buffers, in chunks, so that a
 * corpus of any size never exists as JavaScript strings.
 */
export class ArrowBuilder<S extends Schema> {
  readonly #schema: S;
  readonly #names: string[];
  readonly #metadata: Readonly<Record<string, string>>;
  readonly #dictionaries: (Map<string, number> | undefined)[];
  readonly #chunks: { length: number; columns: Parts[] }[] = [];
  readonly #views = new WeakMap<CopiedTable, ColumnView<unknown>[]>();
  #columns: ColumnBuilder[];
  #length = 0;

  /** An empty builder. */
  constructor(schema: S, metadata: Readonly<Record<string, string>> = {}) {
    this.#schema = schema;
    this.#metadata = metadata;
    this.#names = Object.keys(schema.columns);
    this.#dictionaries = this.#names.map((name) => schema.columns[name].kind === "label" ? new Map() : undefined);
    this.#columns = this.#start();
  }

  #start(): ColumnBuilder[] {
    return this.#names.map((name, j) =>
      new ColumnBuilder({ table: this.#schema.name, name, column: this.#schema.columns[name] }, {
        dictionary: this.#dictionaries[j],
        width: this.#columns?.[j].width,
      })
    );
  }

  /**
   * Appends a row.
   *
   * @throws {KitError} if a value is missing or has the wrong type; the row is then not appended.
   */
  append(row: NewRow<S>): this {
    try {
      for (let j = 0; j < this.#names.length; j++) {
        this.#columns[j].append((row as Record<string, unknown>)[this.#names[j]]);
      }
    } catch (error) {
      for (const column of this.#columns) column.truncate(this.#length);
      throw error;
    }
    return this.#appended();
  }

  /** Appends a row of another table of the same schema; text is copied as bytes. */
  copy(table: CopiedTable, row: number): this {
    let views = this.#views.get(table);
    if (views === undefined) {
      views = this.#names.map((name) => {
        const { kind } = this.#schema.columns[name];
        return kind === "utf8" || kind === "json" ? table.texts(name) : table.column(name);
      });
      this.#views.set(table, views);
    }
    for (let j = 0; j < views.length; j++) {
      const view = views[j];
      this.#columns[j].append("bytes" in view ? (view as TextView).bytes(row) : view.at(row));
    }
    return this.#appended();
  }

  #appended(): this {
    this.#length++;
    for (const column of this.#columns) {
      if (column.bytes >= CHUNK_BYTES) {
        this.#flush();
        break;
      }
    }
    return this;
  }

  #flush(): void {
    this.#chunks.push({ length: this.#length, columns: this.#columns.map((column) => column.finish()) });
    this.#columns = this.#start();
    this.#length = 0;
  }

  /** Returns all rows and empties the builder. */
  finish(): arrow.Table {
    if (this.#length > 0 || this.#chunks.length === 0) this.#flush();
    const width = Math.max(0, ...this.#chunks.flatMap((chunk) => chunk.columns.map((column) => column.width)));
    const types = this.#names.map((name, id) => arrowType(this.#schema.columns[name], width, id));
    const fields = this.#names.map((name, j) => new arrow.Field(name, types[j], this.#schema.columns[name].nullable));
    const metadata = new Map([["syneg.schema", this.#schema.name], ...Object.entries(this.#metadata)]);
    const schema = new arrow.Schema(fields, metadata);
    const dictionaries = this.#dictionaries.map((words) => words && dictionaryOf(words));
    const batches = this.#chunks.splice(0).map((chunk) => {
      const children = chunk.columns.map((parts, j) => parts.data(types[j], chunk.length, dictionaries[j]));
      const struct = new arrow.Struct(fields);
      return new arrow.RecordBatch(
        schema,
        arrow.makeData({ type: struct, length: chunk.length, nullCount: 0, children }),
      );
    });
    return new arrow.Table(schema, batches);
  }
}
