import * as arrow from "apache-arrow";
import type { Schema } from "./schema.ts";
import { Table } from "./table.ts";

/** A table that says more of itself: the notes are added, those of the same name replaced; the rows are shared. */
export function withMetadata<S extends Schema>(table: Table<S>, notes: Readonly<Record<string, string>>): Table<S> {
  const { schema, batches } = table.arrow;
  const metadata = new Map([...table.metadata, ...Object.entries(notes)]);
  return new Table(table.schema, new arrow.Table(new arrow.Schema(schema.fields, metadata), batches));
}
