import type { Field, RecordRow } from "./record_row.ts";

/**
 * A passage as exchange formats hold it. What a format cannot hold is undefined.
 *
 * @category Negatives
 */
export interface ExamplePassage {
  /** Id of the document. */
  readonly id?: string;
  /** Its title. */
  readonly title?: string;
  /** Its text. */
  readonly text?: string;
  /** Score against the query. */
  readonly score?: number;
  /** Source or retriever that found it. */
  readonly retriever?: string;
}

/**
 * A query with its positives and negatives.
 *
 * @category Negatives
 */
export interface Example {
  /** Id of the query. */
  readonly query_id?: string;
  /** Its text. */
  readonly query?: string;
  /** Passages that answer it. */
  readonly positives: readonly ExamplePassage[];
  /** Passages that do not. */
  readonly negatives: readonly ExamplePassage[];
  /** Further fields of the query; they travel in its metadata under the format's name. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

/**
 * What a format made of examples.
 *
 * @category Negatives
 */
export interface Written {
  /** Rows of the file. */
  readonly rows: RecordRow[];
  /** Columns, for Parquet. */
  readonly columns: Readonly<Record<string, Field>>;
  /** Negatives that the format could not hold. */
  readonly leftOut: number;
  /** Rows without scores, for formats that can hold them: if one has none, none is written. */
  readonly unscored?: number;
}

/**
 * Throws an error that names the file, the line and the field.
 *
 * @category Negatives
 */
export type Fail = (field: string, wanted: string) => never;

/**
 * An exchange format: turns examples into rows and rows into examples.
 *
 * @category Negatives
 */
export interface Format<Name extends string = string> {
  /** Its name in commands. */
  readonly name: Name;
  /** Its columns, in one line of help. */
  readonly about: string;
  /** Writes examples that have a positive and a negative each; one that the format cannot hold whole is left out. */
  write(examples: readonly Example[], options: { count?: number }): Written;
  /** Reads the example of a row. */
  read(row: RecordRow, fail: Fail): Example;
}

/** A passage as one string: title, a space, text. */
export function oneText({ title, text = "" }: ExamplePassage): string {
  return title ? `${title} ${text}` : text;
}

/** A text of a row. */
export function textField(row: RecordRow, field: string, fail: Fail): string {
  const value = row[field];
  return typeof value === "string" ? value : fail(field, "a text");
}

/** An id: a text, or an integer as some tools write it. */
export function idField(value: unknown, field: string, fail: Fail): string {
  if (typeof value === "string") return value;
  if (typeof value === "bigint" || Number.isSafeInteger(value)) return String(value);
  return fail(field, Number.isInteger(value) ? "an id as text: integers are exact up to 2^53 only" : "an id");
}

/** A list of ids. */
export function idList(row: RecordRow, field: string, fail: Fail): string[] {
  const value = row[field];
  return Array.isArray(value) ? value.map((id) => idField(id, field, fail)) : fail(field, "a list of ids");
}

/** A number, also of 64 bits as Parquet has them. */
export function numberField(value: unknown, field: string, fail: Fail): number {
  return typeof value === "number" ? value : typeof value === "bigint" ? Number(value) : fail(field, "a number");
}

/** A list of a row whose items are of one type. */
export function listField<T extends "string" | "number" | "object">(
  row: RecordRow,
  field: string,
  type: T,
  fail: Fail,
): (T extends "string" ? string : T extends "number" ? number : RecordRow)[] {
  const value = row[field];
  if (!Array.isArray(value) || !value.every((item) => typeof item === type && item !== null)) {
    fail(field, type === "object" ? "a list of objects" : `a list of ${type}s`);
  }
  return value as never;
}
