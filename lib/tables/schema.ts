import { column, optional } from "./column.ts";
import { FORMER_NEGATIVES } from "./former_negatives.ts";
import { REVIEWS } from "./reviews.ts";
import { SOURCES } from "./sources.ts";
import type { Column, Schema } from "./types.ts";
import { VERDICTS } from "./verdicts.ts";

export { type Verdict, VERDICTS } from "./verdicts.ts";

export { type Source, SOURCES } from "./sources.ts";
export type { Column, FormerRows, Kind, NewRow, RequiredKeys, Row, Schema, Value } from "./types.ts";

/**
 * Documents to search.
 *
 * @category Tables
 */
export const CORPUS: Schema<
  {
    id: Column<"utf8", false>;
    title: Column<"utf8", false>;
    text: Column<"utf8", false>;
    metadata: Column<"json", true>;
  }
> = {
  name: "CORPUS",
  columns: {
    id: column("utf8", "document id"),
    title: column("utf8", "title, may be empty"),
    text: column("utf8", "body"),
    metadata: optional("json", "other fields of the source, as a JSON object"),
  },
};

/**
 * Queries.
 *
 * @category Tables
 */
export const QUERIES: Schema<
  { id: Column<"utf8", false>; text: Column<"utf8", false>; metadata: Column<"json", true> }
> = {
  name: "QUERIES",
  columns: {
    id: column("utf8", "query id"),
    text: column("utf8", "the query"),
    metadata: optional("json", "other fields of the source, as a JSON object"),
  },
};

/**
 * Judgments: how well a document answers a query.
 *
 * @category Tables
 */
export const QRELS: Schema<
  { query_id: Column<"utf8", false>; doc_id: Column<"utf8", false>; grade: Column<"int32", false> }
> = {
  name: "QRELS",
  columns: {
    query_id: column("utf8", "query id"),
    doc_id: column("utf8", "document id"),
    grade: column("int32", "relevance: above 0 is relevant"),
  },
};

/**
 * Candidate negatives, mined or written, with the decision on each.
 *
 * @category Tables
 */
export const NEGATIVES: Schema<
  {
    query_id: Column<"utf8", false>;
    doc_id: Column<"utf8", true>;
    title: Column<"utf8", true>;
    text: Column<"utf8", true>;
    source: Column<"label", false>;
    rank: Column<"int32", true>;
    score: Column<"float32", true>;
    positive_score: Column<"float32", true>;
    recipe: Column<"label", true>;
    writer: Column<"label", true>;
    scorer: Column<"label", true>;
    grade: Column<"int32", true>;
    weight: Column<"float32", true>;
    attributes: Column<"json", true>;
    reflection: Column<"utf8", true>;
    ledger_key: Column<"utf8", true>;
    verdict: Column<"label", false>;
    reason: Column<"utf8", true>;
  }
> = {
  name: "NEGATIVES",
  columns: {
    query_id: column("utf8", "query id"),
    doc_id: optional("utf8", "document id; null if written"),
    title: optional("utf8", "title; null if doc_id is set"),
    text: optional("utf8", "text; null if doc_id is set"),
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
};

/**
 * Vectors by id; the table's metadata holds the encoder's full fingerprint.
 *
 * @category Tables
 */
export const EMBEDDINGS: Schema<{ id: Column<"utf8", false>; vector: Column<"vector", false> }> = {
  name: "EMBEDDINGS",
  columns: {
    id: column("utf8", "id of the text"),
    vector: column("vector", "embedding"),
  },
};

/**
 * Rankings of documents.
 *
 * @category Tables
 */
export const RUN: Schema<
  {
    query_id: Column<"utf8", false>;
    doc_id: Column<"utf8", false>;
    rank: Column<"int32", false>;
    score: Column<"float32", false>;
  }
> = {
  name: "RUN",
  columns: {
    query_id: column("utf8", "query id"),
    doc_id: column("utf8", "document id"),
    rank: column("int32", "rank, from 1"),
    score: column("float32", "score, higher is better"),
  },
};

/**
 * Values of measures, one row per query and measure.
 *
 * @category Tables
 */
export const SCORES: Schema<
  { query_id: Column<"utf8", false>; measure: Column<"label", false>; value: Column<"float64", false> }
> = {
  name: "SCORES",
  columns: {
    query_id: column("utf8", "query id"),
    measure: column("label", "measure, such as nDCG@10"),
    value: column("float64", "its value"),
  },
};

/**
 * Events of a training run, in long form.
 *
 * @category Tables
 */
export const EVENTS: Schema<
  {
    step: Column<"int32", false>;
    epoch: Column<"float64", false>;
    name: Column<"label", false>;
    value: Column<"float64", false>;
    wall_ms: Column<"float64", false>;
  }
> = {
  name: "EVENTS",
  columns: {
    step: column("int32", "optimizer step, from 1; 0 before training"),
    epoch: column("float64", "epochs done"),
    name: column("label", "loss, learning_rate, gradient_norm, nDCG@10 …"),
    value: column("float64", "its value"),
    wall_ms: column("float64", "milliseconds since the start"),
  },
};

/**
 * Similarities of negatives to their queries, beside those of the positives.
 *
 * @category Tables
 */
export const SIMILARITIES: Schema<
  {
    query_id: Column<"utf8", false>;
    source: Column<"label", false>;
    similarity: Column<"float32", false>;
    positive_similarity: Column<"float32", false>;
    false_negative: Column<"bool", true>;
  }
> = {
  name: "SIMILARITIES",
  columns: {
    query_id: column("utf8", "query id"),
    source: column("label", "where the negative comes from", SOURCES),
    similarity: column("float32", "cosine of query and negative"),
    positive_similarity: column("float32", "cosine of query and its positive"),
    false_negative: optional("bool", "whether it is relevant by complete judgments; null if unknown"),
  },
};

/**
 * Every schema of the kit, by name.
 *
 * @category Tables
 */
export const SCHEMAS: {
  readonly CORPUS: typeof CORPUS;
  readonly QUERIES: typeof QUERIES;
  readonly QRELS: typeof QRELS;
  readonly NEGATIVES: typeof NEGATIVES;
  readonly EMBEDDINGS: typeof EMBEDDINGS;
  readonly RUN: typeof RUN;
  readonly SCORES: typeof SCORES;
  readonly EVENTS: typeof EVENTS;
  readonly SIMILARITIES: typeof SIMILARITIES;
  readonly REVIEWS: typeof REVIEWS;
} = {
  CORPUS,
  QUERIES,
  QRELS,
  NEGATIVES,
  EMBEDDINGS,
  RUN,
  SCORES,
  EVENTS,
  SIMILARITIES,
  REVIEWS,
};
