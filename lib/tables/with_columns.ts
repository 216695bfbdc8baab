import * as arrow from "apache-arrow";
import { ArgumentError } from "../core/errors.ts";
import { suggestion } from "../core/nearest.ts";
import { arrowType, dictionaryOf } from "./arrow_type.ts";
import { ColumnBuilder } from "./column_builder.ts";
import type { Schema, Value } from "./schema.ts";
import { Table } from "./table.ts";

/**
 * New cells by column name, one for each row of the table.
 *
 * @category Tables
 */
export type Replacements<S extends Schema> = {
  [K in keyof S["columns"]]?: { readonly length: number; readonly [row: number]: Value<S["columns"][K]> };
};

/**
 * A copy of a table with some columns replaced; the others are shared.
 *
 * @throws {ArgumentError} if a column is unknown or has the wrong number of cells.
 * @throws {KitError} if a cell has the wrong type.
 *
 * @category Tables
 *
 * @example
 * ```ts
 * import { QRELS, withColumns } from "@syneg/kit/tables";
 * import { tableOf } from "@syneg/kit";
 * const qrels = tableOf(QRELS, [{ query_id: "q1", doc_id: "d1", grade: 2 }]);
 * console.log(withColumns(qrels, { grade: [1] }).row(0));
 * ```
 */
export function withColumns<S extends Schema>(table: Table<S>, columns: Replacements<S>): Table<S> {
  const { schema } = table;
  const known = Object.keys(schema.columns);
  const changed = new Map<string, { type: arrow.DataType; chunks: arrow.Data[] }>();
  for (const [name, cells] of Object.entries(columns)) {
    if (!known.includes(name)) {
      throw new ArgumentError(`Unknown column "${name}" of ${schema.name}: ${suggestion(name, known)}`);
    }
    if (cells === undefined) continue;
    if (cells.length !== table.length) {
      throw new ArgumentError(
        `Cannot replace column "${name}" of ${schema.name}: must have ${table.length} cells, found ${cells.length}`,
      );
    }
    changed.set(name, built(table, name, cells));
  }
  const fields = known.map((name) =>
    changed.has(name)
      ? new arrow.Field(name, changed.get(name)!.type, schema.columns[name].nullable)
      : table.arrow.schema.fields.find((field) => field.name === name)!
  );
  const wider = new arrow.Schema(fields, table.arrow.schema.metadata);
  const batches = table.arrow.batches.map((batch, b) => {
    const children = known.map((name) => changed.get(name)?.chunks[b] ?? batch.getChild(name)!.data[0]);
    const type = new arrow.Struct(fields);
    return new arrow.RecordBatch(wider, arrow.makeData({ type, length: batch.numRows, nullCount: 0, children }));
  });
  return new Table(schema, new arrow.Table(wider, batches));
}

/** A column in the chunks of the table's batches. */
function built<S extends Schema>(
  table: Table<S>,
  name: string,
  cells: { readonly length: number; readonly [row: number]: unknown },
): { type: arrow.DataType; chunks: arrow.Data[] } {
  const { schema, arrow: { batches } } = table;
  const column = schema.columns[name];
  const words = column.kind === "label" ? new Map<string, number>() : undefined;
  let row = 0;
  let width = 0;
  const parts = batches.map((batch) => {
    const builder = new ColumnBuilder({ table: schema.name, name, column }, { dictionary: words, width });
    for (let i = 0; i < batch.numRows; i++) builder.append(cells[row++]);
    width = builder.width;
    return builder.finish();
  });
  const type = arrowType(column, width, freeDictionary(table.arrow.schema, name));
  const dictionary = words && dictionaryOf(words);
  return { type, chunks: parts.map((part, b) => part.data(type, batches[b].numRows, dictionary)) };
}

/** A dictionary id that no other column uses; always the same for the same column. */
function freeDictionary(schema: arrow.Schema, name: string): number {
  const used = new Set<number>();
  let own = 0;
  schema.fields.forEach((field, j) => {
    if (field.name === name) own = j;
    else if (arrow.DataType.isDictionary(field.type)) used.add(field.type.id);
  });
  while (used.has(own)) own += schema.fields.length;
  return own;
}
