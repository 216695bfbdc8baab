import { KitError, type Place } from "../core/errors.ts";
import { parseJson, stringifyJson } from "./exact_json.ts";
import type { CORPUS, NewRow, QRELS, QUERIES } from "../tables/schema.ts";
import type { Tally } from "./tally.ts";

/** A record of a file: a JSON object, a row of Parquet. */
export type Fields = Record<string, unknown>;

/** Names of columns in common formats; a passage's own id comes before that of its document. */
const NAMES = {
  document: ["_id", "id", "pid", "passage_id", "doc_id", "docid", "docno", "corpus-id", "corpus_id"],
  query: ["_id", "id", "query_id", "qid", "query-id", "topic_id", "number", "num"],
  judged_query: ["query-id", "query_id", "qid", "topic", "topic_id"],
  judged_document: ["corpus-id", "doc_id", "corpus_id", "pid", "docid", "docno", "doc-id", "passage_id"],
  grade: ["score", "grade", "relevance", "label", "rel", "rating"],
  text: ["text", "contents", "content", "body", "passage", "segment"],
  query_text: ["text", "query", "contents", "question", "title"],
} as const;

const STRUCTURAL: ReadonlySet<string> = new Set([...Object.values(NAMES).flat(), "title"]);

/** A column of row numbers, which pandas writes without a name. */
const INDEX = /^(Unnamed: \d+|__index_level_\d+__)?$/;

/**
 * The document in a record; other fields become its metadata.
 *
 * @throws {KitError} naming a missing or invalid field.
 */
export function documentOf(record: Fields, place: Place, tally?: Tally): NewRow<typeof CORPUS> {
  const id = pick(record, NAMES.document, place);
  const text = pick(record, NAMES.text, place);
  const name = identifier(record[id], id, place);
  if (record[text] === null) tally?.add("documents whose text is null (read as empty)", () => name);
  return {
    id: name,
    title: textOf(record.title ?? "", "title", place),
    text: textOf(record[text] ?? "", text, place),
    metadata: metadataOf(record, [id, text, "title"], place),
  };
}

/**
 * The query in a record; other fields, also a title, become its metadata.
 *
 * @throws {KitError} naming a missing or invalid field.
 */
export function queryOf(record: Fields, place: Place, tally?: Tally): NewRow<typeof QUERIES> {
  const id = pick(record, NAMES.query, place);
  const text = pick(record, NAMES.query_text, place);
  const name = identifier(record[id], id, place);
  if (record[text] === null) tally?.add("queries whose text is null (read as empty)", () => name);
  return {
    id: name,
    text: textOf(record[text] ?? "", text, place),
    metadata: metadataOf(record, [id, text], place),
  };
}

/**
 * The judgment in a record.
 *
 * @throws {KitError} naming a missing or invalid field.
 */
export function judgmentOf(record: Fields, place: Place): NewRow<typeof QRELS> {
  const query = pick(record, NAMES.judged_query, place);
  const document = pick(record, NAMES.judged_document, place);
  const grade = pick(record, NAMES.grade, place);
  return {
    query_id: identifier(record[query], query, place),
    doc_id: identifier(record[document], document, place),
    grade: integerOf(record[grade], grade, place),
  };
}

/** Whether columns have the names of judgments. */
export function looksJudged(names: readonly string[]): boolean {
  return [NAMES.judged_query, NAMES.judged_document, NAMES.grade].every((known) =>
    known.some((n) => names.includes(n))
  );
}

/** Whether the first line of a file names its columns: an id comes first, or after a column of row numbers. */
export function looksNamed(names: readonly string[], table: "document" | "query"): boolean {
  const known: readonly string[] = NAMES[table];
  const text: readonly string[] = table === "document" ? NAMES.text : NAMES.query_text;
  const first = names.find((name) => !INDEX.test(name));
  if (names.length < 2 || first === undefined) return false;
  return known.includes(first) ||
    names.some((name) => known.includes(name)) && names.some((name) => text.includes(name));
}

/** A record of named cells, without row numbers and without empty cells of metadata. */
export function recordOf(names: readonly string[], cells: readonly string[]): Fields {
  return Object.fromEntries(
    names.map((name, j) => [name, cells[j]] as const)
      .filter(([name, cell]) => !INDEX.test(name) && (cell !== "" || STRUCTURAL.has(name))),
  );
}

/** The name of a column; known names in lower case. */
export function columnName(text: string): string {
  const name = text.replace(/^\ufeff/, "").trim();
  return STRUCTURAL.has(name.toLowerCase()) ? name.toLowerCase() : name;
}

/** The first of `names` that the record has. */
function pick(record: Fields, names: readonly string[], place: Place): string {
  const name = names.find((name) => record[name] !== undefined);
  if (name !== undefined) return name;
  const found = Object.keys(record).slice(0, 12).join(", ") || "no fields";
  throw new KitError(`Cannot read a record: field missing, found ${found}`, { ...place, field: names[0] });
}

/** An id as text; integers are converted. */
function identifier(value: unknown, field: string, place: Place): string {
  if (value === null) throw new KitError("Cannot read a record: its id is null", { ...place, field });
  if (typeof value === "bigint" || (typeof value === "number" && Number.isSafeInteger(value))) return String(value);
  if (typeof value === "number" && Number.isInteger(value)) {
    throw new KitError(
      `Cannot read a record: the id ${value} is too large for a floating-point number to be exact; write it as text or ` +
        "as a 64-bit integer",
      { ...place, field },
    );
  }
  const id = textOf(value, field, place);
  if (id === "") throw new KitError("Cannot read a record: its id is empty", { ...place, field });
  return id;
}

function textOf(value: unknown, field: string, place: Place): string {
  if (typeof value !== "string") {
    throw new KitError(`Cannot read a record: found ${brief(value)}, expected text`, { ...place, field });
  }
  if (!value.isWellFormed()) {
    throw new KitError("Cannot read a record: its text holds half a surrogate pair", { ...place, field });
  }
  return value;
}

/**
 * A 32-bit integer, also from a 64-bit integer, a double such as 1.0, or text.
 *
 * @throws {KitError} for any other value.
 */
export function integerOf(value: unknown, field: string, place: Place): number {
  const number = typeof value === "bigint" || (typeof value === "string" && /^\s*[+-]?\d+(\.0+)?\s*$/.test(value))
    ? Number(value)
    : value;
  if (typeof number !== "number" || number !== (number | 0)) {
    const fraction = /^\s*-?\d*\.\d/.test(String(value));
    const advice = fraction ? " (grades are whole numbers: scale them, such as 1 and 2 for 0.5 and 1)" : "";
    throw new KitError(`Cannot read a record: found ${brief(value)}, expected an integer${advice}`, {
      ...place,
      field,
    });
  }
  return number === 0 ? 0 : number;
}

/** All but the named fields as a JSON object, those of `metadata` among them; null if there are none. */
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
    value !== null && value !== undefined && (!named.includes(name) || name in inner) &&
    (name === "" || !INDEX.test(name))
  );
  if (fields.length === 0) return null;
  let text: string;
  try {
    text = stringifyJson(Object.fromEntries(fields));
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
    return parseJson(text);
  } catch {
    return undefined;
  }
}

function brief(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = stringifyJson(value) ?? typeof value;
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
