/**
 * The kind of a column: `json` is UTF-8 text that parses as JSON; `label` is dictionary-encoded text.
 *
 * @category Tables
 */
export type Kind = "utf8" | "json" | "label" | "int32" | "float32" | "float64" | "bool" | "vector";

/**
 * A column of a {@link Schema}.
 *
 * @category Tables
 */
export interface Column<K extends Kind = Kind, N extends boolean = boolean> {
  /** Kind of its cells. */
  readonly kind: K;
  /** Whether a cell may be null. */
  readonly nullable: N;
  /** The values that a `label` may take. Omit for any text. */
  readonly labels?: readonly string[];
  /** What the column means, for `describe`. */
  readonly about: string;
}

/**
 * Name and columns of a table.
 *
 * @category Tables
 */
export interface Schema<C extends Record<string, Column> = Record<string, Column>> {
  /** Name of the table, such as CORPUS. */
  readonly name: string;
  /** Columns by name, in their order. */
  readonly columns: C;
  /** How earlier versions wrote the rows. Omit if they wrote them the same way. */
  readonly former?: FormerRows;
}

/**
 * Rows as earlier versions wrote them.
 *
 * @category Tables
 */
export interface FormerRows {
  /** Columns that the schema no longer has. */
  readonly columns: readonly string[];
  /** Converts a row to the current columns; leaves a current row unchanged. */
  readonly upgrade: (row: Readonly<Record<string, unknown>>) => Record<string, unknown>;
}

/**
 * The JavaScript value of a cell of a column.
 *
 * @category Tables
 */
export type Value<C extends Column> =
  | (C["kind"] extends "utf8" | "json" | "label" ? string
    : C["kind"] extends "int32" | "float32" | "float64" ? number
    : C["kind"] extends "bool" ? boolean
    : Float32Array)
  | (C["nullable"] extends true ? null : never);

/**
 * A row of a table.
 *
 * @category Tables
 */
export type Row<S extends Schema> = { [K in keyof S["columns"]]: Value<S["columns"][K]> };

/**
 * A row to append: nullable columns may be omitted.
 *
 * @category Tables
 */
export type NewRow<S extends Schema> =
  & { [K in RequiredKeys<S>]: Value<S["columns"][K]> }
  & { [K in Exclude<keyof S["columns"], RequiredKeys<S>>]?: Value<S["columns"][K]> };

/**
 * Columns that a new row must have.
 *
 * @category Tables
 */
export type RequiredKeys<S extends Schema> = {
  [K in keyof S["columns"]]: S["columns"][K]["nullable"] extends true ? never : K;
}[keyof S["columns"]];
