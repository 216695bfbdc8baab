import { type Example, type ExamplePassage, type Fail, numberField, textField } from "./example.ts";
import type { RecordRow } from "./record_row.ts";

/** Columns without text: sentence-transformers reads them as labels wherever they are. */
const LABELS = ["label", "labels", "score", "scores"];
const NEGATIVE = /^negative(_\d+)?$/;
const ANCHORS = ["anchor", "query", "question"];
const POSITIVES = ["positive", "answer"];

/**
 * A row of any of the four forms that sentence-transformers trains on and `mine_hard_negatives` writes: triplet, n-tuple,
 * labeled pair, labeled list, with or without scores. Known column names decide what a text is, otherwise its position
 * does, as in the library: anchor, positive, negatives. Null negatives are skipped.
 */
export function readSentenceTransformers(row: RecordRow, fail: Fail): Example {
  const names = Object.keys(row).filter((name) => !LABELS.includes(name));
  const labeled = "label" in row || "labels" in row || names.length === 2 && !names.some((name) => NEGATIVE.test(name));
  const { anchor, positive, negatives } = roles(names, labeled, fail);
  const query = textField(row, anchor, fail);
  if (labeled) return { query, ...answers(row, positive, fail) };
  const scores = row.scores == null ? undefined : numbers(row, "scores", fail);
  if (scores && scores.length !== 1 + negatives.length) fail("scores", `${1 + negatives.length} scores`);
  const passage = (text: string, i: number): ExamplePassage => ({ text, ...(scores && { score: scores[i] }) });
  return {
    query,
    positives: [passage(textField(row, positive, fail), 0)],
    negatives: negatives.flatMap((name, i) => row[name] === null ? [] : [passage(textField(row, name, fail), i + 1)]),
  };
}

/** Assigns columns to roles. */
function roles(names: readonly string[], labeled: boolean, fail: Fail) {
  const number = (name: string) => Number(name.slice("negative_".length));
  const named = names.filter((name) => NEGATIVE.test(name)).sort((a, b) => number(a) - number(b));
  const others = names.filter((name) => !named.includes(name));
  const anchor = ANCHORS.find((name) => others.includes(name)) ??
    others.find((name) => !POSITIVES.includes(name)) ?? fail("anchor", "a text");
  const left = others.filter((name) => name !== anchor);
  const positive = POSITIVES.find((name) => left.includes(name)) ?? left[0] ?? fail("positive", "a text");
  const rest = left.filter((name) => name !== positive);
  if ((named.length > 0 || labeled) && rest.length > 0) {
    fail(rest[0], `anchor, positive${labeled ? "" : ", negatives"} and scores alone`);
  }
  const negatives = named.length > 0 ? named : rest;
  if (!labeled && negatives.length === 0) fail("negative", "a text");
  return { anchor, positive, negatives };
}

/** Positives and negatives of a row that labels its answers: a list of them, or one. */
function answers(row: RecordRow, field: string, fail: Fail): Pick<Example, "positives" | "negatives"> {
  const value = row[field];
  if (!Array.isArray(value)) {
    if (!("label" in row)) {
      fail("label", "score" in row ? "0 or 1: a score alone does not say which answers are positive" : "0 or 1");
    }
    const passage = { text: textField(row, field, fail) };
    return flag(row.label, "label", fail) ? { positives: [passage], negatives: [] } : {
      positives: [],
      negatives: [passage],
    };
  }
  const texts = value.map((text) => typeof text === "string" ? text : fail(field, "a list of strings"));
  const scores = row.scores == null ? undefined : numbers(row, "scores", fail);
  if (!("labels" in row) && !scores) fail("labels", "a list of 0 and 1");
  // mine_hard_negatives writes the positive first, and scores in place of labels.
  const labels = "labels" in row
    ? Array.from(list(row, "labels", fail), (label) => flag(label, "labels", fail))
    : texts.map((_, i) => i === 0);
  for (const [name, { length }] of Object.entries({ labels, ...(scores && { scores }) })) {
    if (length !== texts.length) fail(name, `${texts.length} of them, one for every answer`);
  }
  const passages = texts.map((text, i): ExamplePassage => ({ text, ...(scores && { score: scores[i] }) }));
  return { positives: passages.filter((_, i) => labels[i]), negatives: passages.filter((_, i) => !labels[i]) };
}

function list(row: RecordRow, field: string, fail: Fail): readonly unknown[] {
  const value = row[field];
  return Array.isArray(value) ? value : fail(field, "a list");
}

function numbers(row: RecordRow, field: string, fail: Fail): number[] {
  return list(row, field, fail).map((value) => numberField(value, field, fail));
}

function flag(value: unknown, field: string, fail: Fail): boolean {
  if (typeof value === "boolean") return value;
  const number = numberField(value, field, fail);
  return number === 1 || (number === 0 ? false : fail(field, "0 or 1"));
}
