import { FORMER_NEGATIVES } from "./former_negatives.ts";
import { SOURCES } from "./sources.ts";

export { type Source, SOURCES } from "./sources.ts";

/** What a column holds: `json` is UTF-8 text that parses as JSON; `label` is dictionary-encoded text. */
export type Kind = "utf8" | "json" | "label" | "int32" | "float32" | "float64" | "bool" | "vector";

/** A column of a {@link Schema}. */
export interface Column<K extends Kind = Kind, N extends boolean = boolean> {
  /** What its cells hold. */
  readonly kind: K;
  /** Whether a cell may be null. */
  readonly nullable: N;
  /** The values a `label` may take. */
  readonly labels?: readonly string[];
  /** What the column means, for `describe`. */
  readonly about: string;
}

/** A table's name and columns. */
export interface Schema<C extends Record<string, Column> = Record<string, Column>> {
  /** Name of the table, such as CORPUS. */
  readonly name: string;
  /** Columns by name, in order. */
  readonly columns: C;
  /** How earlier versions wrote its rows. Omit if they wrote them the same way. */
  readonly former?: FormerRows;
}

/** Rows as earlier versions wrote them. */
export interface FormerRows {
  /** Columns that the schema no longer has. */
  readonly columns: readonly string[];
  /** A row in today's columns; a row of today stays as it is. */
  readonly upgrade: (row: Readonly<Record<string, unknown>>) => Record<string, unknown>;
}

/** The JavaScript value of one cell. */
export type Value<C extends Column> =
  | (C["kind"] extends "utf8" | "json" | "label" ? string
    : C["kind"] extends "int32" | "float32" | "float64" ? number
    : C["kind"] extends "bool" ? boolean
    : Float32Array)
  | (C["nullable"] extends true ? null : never);

/** One row of a table with schema `S`. */
export type Row<S extends Schema> = { [K in keyof S["columns"]]: Value<S["columns"][K]> };

/** One row to be written: nullable columns may be left out. */
export type NewRow<S extends Schema> =
  & { [K in RequiredKeys<S>]: Value<S["columns"][K]> }
  & { [K in Exclude<keyof S["columns"], RequiredKeys<S>>]?: Value<S["columns"][K]> };

/** Columns that a new row must have. */
export type RequiredKeys<S extends Schema> = {
  [K in keyof S["columns"]]: S["columns"][K]["nullable"] extends true ? never : K;
}[keyof S["columns"]];

function column<K extends Kind>(kind: K, about: string, labels?: readonly string[]): Column<K, false> {
  return { kind, nullable: false, about, labels };
}

function optional<K extends Kind>(kind: K, about: string): Column<K, true> {
  return { kind, nullable: true, about };
}

/** Documents that are searched. */
export const CORPUS = {
  name: "CORPUS",
  columns: {
    id: column("utf8", "document id"),
    title: column("utf8", "title, may be empty"),
    text: column("utf8", "body"),
    metadata: optional("json", "whatever else the source says, as a JSON object"),
  },
} as const satisfies Schema;

/** What is asked. */
export const QUERIES = {
  name: "QUERIES",
  columns: {
    id: column("utf8", "query id"),
    text: column("utf8", "the query"),
    metadata: optional("json", "whatever else the source says, as a JSON object"),
  },
} as const satisfies Schema;

/** Judgements: how well a document answers a query. */
export const QRELS = {
  name: "QRELS",
  columns: {
    query_id: column("utf8", "query id"),
    doc_id: column("utf8", "document id"),
    grade: column("int32", "relevance: above 0 is relevant"),
  },
} as const satisfies Schema;

/** What was decided on a candidate. */
export const VERDICTS = ["kept", "dropped", "relabeled"] as const;
/** One of {@link VERDICTS}. */
export type Verdict = typeof VERDICTS[number];

/** Candidates for negatives, mined or written, with every decision on record. */
export const NEGATIVES = {
  name: "NEGATIVES",
  columns: {
    query_id: column("utf8", "query id"),
    doc_id: optional("utf8", "document of the corpus; null when synthetic"),
    title: optional("utf8", "title; null when doc_id says it"),
    text: optional("utf8", "text; null when doc_id says it"),
    source: column("label", "where it comes from", SOURCES),
    rank: optional("int32", "rank in its source, from 1"),
    score: optional("float32", "similarity to the query, by the miner or the scorer"),
    positive_score: optional("float32", "the same score of the query's lowest positive"),
    recipe: optional("label", "recipe and version that wrote it"),
    writer: optional("label", "model that wrote it"),
    scorer: optional("label", "encoder that scored it, or tool that found it"),
    grade: optional("int32", "level that the recipe wrote for: of relevance (graded), of difficulty (granular)"),
    weight: optional("float32", "weight in the loss; null counts as 1"),
    attributes: optional("json", "attributes drawn for the recipe, rule of the edit"),
    reflection: optional("utf8", "what the model thought"),
    ledger_key: optional("utf8", "the ledger's request key"),
    verdict: column("label", "kept, dropped or relabeled", VERDICTS),
    reason: optional("utf8", "rule and numbers behind the verdict"),
  },
  former: FORMER_NEGATIVES,
} as const satisfies Schema;

/** Vectors by id; the schema's metadata holds the encoder's full fingerprint. */
export const EMBEDDINGS = {
  name: "EMBEDDINGS",
  columns: {
    id: column("utf8", "id of the text"),
    vector: column("vector", "embedding"),
  },
} as const satisfies Schema;

/** A ranking. */
export const RUN = {
  name: "RUN",
  columns: {
    query_id: column("utf8", "query id"),
    doc_id: column("utf8", "document id"),
    rank: column("int32", "rank, from 1"),
    score: column("float32", "score, higher is better"),
  },
} as const satisfies Schema;

/** One row per query and measure. */
export const SCORES = {
  name: "SCORES",
  columns: {
    query_id: column("utf8", "query id"),
    measure: column("label", "measure, such as nDCG@10"),
    value: column("float64", "its value"),
  },
} as const satisfies Schema;

/** What happened in training, in long form. */
export const EVENTS = {
  name: "EVENTS",
  columns: {
    step: column("int32", "optimizer step, from 1; 0 is before training"),
    epoch: column("float64", "epochs done"),
    name: column("label", "loss, learning_rate, gradient_norm, nDCG@10 …"),
    value: column("float64", "its value"),
    wall_ms: column("float64", "milliseconds since the start"),
  },
} as const satisfies Schema;

/** Similarities of negatives to their queries, with the positive's beside them. */
export const SIMILARITIES = {
  name: "SIMILARITIES",
  columns: {
    query_id: column("utf8", "query id"),
    source: column("label", "where the negative comes from", SOURCES),
    similarity: column("float32", "cosine of query and negative"),
    positive_similarity: column("float32", "cosine of query and its positive"),
    false_negative: optional("bool", "whether complete judgements call it relevant; null when unknown"),
  },
} as const satisfies Schema;

/** Every schema of the kit by name. */
export const SCHEMAS = {
  CORPUS,
  QUERIES,
  QRELS,
  NEGATIVES,
  EMBEDDINGS,
  RUN,
  SCORES,
  EVENTS,
  SIMILARITIES,
} as const satisfies Record<string, Schema>;
