import { KitError, type Place } from "../core/errors.ts";
import { exactJson } from "./exact_values.ts";
import type { CORPUS, NewRow, QRELS, QUERIES } from "./schema.ts";

/** One record of a file: a JSON object, a row of Parquet. */
export type Fields = Record<string, unknown>;

/** The names under which the field's formats know a column. */
const NAMES = {
  document: ["_id", "id", "doc_id", "docid", "corpus-id", "corpus_id"],
  query: ["_id", "id", "query_id", "qid", "query-id"],
  judged_query: ["query-id", "query_id", "qid"],
  judged_document: ["corpus-id", "doc_id", "corpus_id", "docid", "pid"],
  grade: ["score", "grade", "relevance", "label"],
  text: ["text", "contents", "body", "passage"],
  query_text: ["text", "query", "contents"],
} as const;

/** A document from a record; fields it has besides go into its metadata. */
export function documentOf(record: Fields, place: Place): NewRow<typeof CORPUS> {
  const id = pick(record, NAMES.document, place);
  const text = pick(record, NAMES.text, place);
  return {
    id: identifier(record[id], id, place),
    title: textOf(record.title ?? "", "title", place),
    text: textOf(record[text], text, place),
    metadata: metadataOf(record, [id, text, "title"], place),
  };
}

/** A query from a record; fields it has besides go into its metadata. */
export function queryOf(record: Fields, place: Place): NewRow<typeof QUERIES> {
  const id = pick(record, NAMES.query, place);
  const text = pick(record, NAMES.query_text, place);
  return {
    id: identifier(record[id], id, place),
    text: textOf(record[text], text, place),
    metadata: metadataOf(record, [id, text, "title"], place),
  };
}

/** A judgement from a record. */
export function judgementOf(record: Fields, place: Place): NewRow<typeof QRELS> {
  const query = pick(record, NAMES.judged_query, place);
  const document = pick(record, NAMES.judged_document, place);
  const grade = pick(record, NAMES.grade, place);
  return {
    query_id: identifier(record[query], query, place),
    doc_id: identifier(record[document], document, place),
    grade: integerOf(record[grade], grade, place),
  };
}

/** Whether a file's column names are those of judgements. */
export function looksJudged(names: readonly string[]): boolean {
  return [NAMES.judged_query, NAMES.judged_document, NAMES.grade].every((known) =>
    known.some((name) => names.includes(name))
  );
}

/** The first of `names` that the record has. */
function pick(record: Fields, names: readonly string[], place: Place): string {
  const name = names.find((name) => record[name] !== undefined && record[name] !== null);
  if (name !== undefined) return name;
  const empty = names.find((name) => record[name] === null);
  const found = Object.keys(record).slice(0, 12).join(", ") || "no fields";
  throw new KitError(`Cannot read a record: ${empty ? "its value is null" : `field missing, found ${found}`}`, {
    ...place,
    field: empty ?? names[0],
  });
}

/** An id: text, or an integer as text. */
function identifier(value: unknown, field: string, place: Place): string {
  if (typeof value === "bigint" || (typeof value === "number" && Number.isSafeInteger(value))) return String(value);
  const id = textOf(value, field, place);
  if (id === "") throw new KitError("Cannot read a record: its id is empty", { ...place, field });
  return id;
}

function textOf(value: unknown, field: string, place: Place): string {
  if (typeof value !== "string") {
    throw new KitError(`Cannot read a record: found ${brief(value)}, wanted text`, { ...place, field });
  }
  if (!value.isWellFormed()) {
    throw new KitError("Cannot read a record: its text holds half a surrogate pair", { ...place, field });
  }
  return value;
}

/** A grade: a 32-bit integer, however it is written (Parquet has 64-bit ones, and doubles such as 1.0). */
export function integerOf(value: unknown, field: string, place: Place): number {
  const number = typeof value === "bigint" || (typeof value === "string" && /^[+-]?\d+(\.0+)?$/.test(value))
    ? Number(value)
    : value;
  if (typeof number !== "number" || number !== (number | 0)) {
    throw new KitError(`Cannot read a record: found ${brief(value)}, wanted an integer`, { ...place, field });
  }
  return number === 0 ? 0 : number;
}

/** Everything but the named fields as a JSON object, `metadata` dissolved in it; null when there is nothing. */
function metadataOf(record: Fields, named: readonly string[], place: Place): string | null {
  if (Object.keys(record).every((name) => named.includes(name))) return null;
  const { metadata, ...rest } = record;
  let inner: Fields = {};
  if (typeof metadata === "string" && metadata.startsWith("{")) {
    return metadataOf({ ...rest, metadata: parsed(metadata) ?? { metadata } }, named, place);
  }
  if (typeof metadata === "object" && metadata !== null && !Array.isArray(metadata)) inner = metadata as Fields;
  else if (metadata !== undefined && metadata !== null) inner = { metadata };
  const fields = Object.entries({ ...rest, ...inner }).filter(([name, value]) =>
    value !== null && value !== undefined && (!named.includes(name) || name in inner)
  );
  if (fields.length === 0) return null;
  let text: string;
  try {
    text = exactJson(Object.fromEntries(fields));
  } catch (cause) {
    throw new KitError(`Cannot read a record: ${(cause as Error).message}`, { ...place, field: "metadata" }, { cause });
  }
  if (!text.isWellFormed()) {
    throw new KitError("Cannot read a record: half a surrogate pair", { ...place, field: "metadata" });
  }
  return text;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function brief(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "bigint") return String(value);
  const text = exactJson(value) ?? typeof value;
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
