import type { NEGATIVES } from "../../tables/schema.ts";
import type { Table } from "../../tables/table.ts";
import type { Collection } from "../../collections/types.ts";
import { fingerprint, fingerprints, sameText } from "../text/fingerprint.ts";
import { documentsOf } from "../../collections/passages.ts";
import { poolOf } from "../pool.ts";
import { shingleOverlap } from "../text/shingles.ts";
import type { Positives } from "../../collections/positives.ts";

/** What an audit looks for. */
export const CHECKS = {
  "positive": { severity: "error", about: "a known positive of the query or of one that asks the same, by id" },
  "positive-text": { severity: "error", about: "the text of a known positive" },
  "duplicate": { severity: "error", about: "the same negative twice for one query and source, by id or text" },
  "not-finite": { severity: "error", about: "a score or positive_score that is not a finite number" },
  "unknown-query": { severity: "error", about: "a query that the collection lacks, or that has no positive" },
  "unknown-document": { severity: "error", about: "a document that the corpus lacks" },
  "no-text": { severity: "error", about: "neither a document nor a text" },
  "near-positive": { severity: "warning", about: "a near-duplicate of a known positive" },
  "two-sources": { severity: "warning", about: "what another source found for the query, too, by id or text" },
  "without-negatives": { severity: "warning", about: "a query without negatives" },
} as const satisfies Record<string, { severity: "error" | "warning"; about: string }>;

/** One of {@link CHECKS}. */
export type CheckName = keyof typeof CHECKS;

/** Every kept row that a check found, described. */
export function found(
  negatives: Table<typeof NEGATIVES>,
  collection: Collection,
  positives: Positives,
  threshold: number,
): Record<CheckName, string[]> {
  const result = Object.fromEntries(Object.keys(CHECKS).map((name) => [name, []])) as unknown as Record<
    CheckName,
    string[]
  >;
  const pool = poolOf(negatives);
  const document = documentsOf(collection.corpus);
  const known = new Set(collection.queries.column("id"));
  const ofDocument = fingerprints((id) => document(id)!);
  const [ids, titles, texts] = [negatives.column("doc_id"), negatives.column("title"), negatives.column("text")];
  const [scores, positiveScores] = [negatives.column("score"), negatives.column("positive_score")];
  for (const [query_id, rows] of pool.kept) {
    const targets = (positives.get(query_id) ?? []).filter((id) => document(id) !== undefined);
    if (!known.has(query_id) || !positives.has(query_id)) result["unknown-query"].push(query_id);
    const seen = new Map<string | number, Set<string>>();
    for (const row of rows) {
      const id = ids.at(row);
      const text = texts.at(row);
      const what = `row ${row}: ${query_id} ${id ?? pool.source(row)}`;
      for (const value of [scores.at(row), positiveScores.at(row)]) {
        if (value === null || Number.isFinite(value)) continue;
        result["not-finite"].push(what);
        break;
      }
      if (id === null && (text === null || text.trim() === "")) {
        result["no-text"].push(what);
        continue;
      }
      if (id !== null && document(id) === undefined) {
        result["unknown-document"].push(what);
        continue;
      }
      const print = id === null ? fingerprint({ title: titles.at(row) ?? "", text: text! }) : ofDocument(id);
      if (id !== null && positives.get(query_id)?.includes(id)) result.positive.push(what);
      else {
        const same = targets.find((target) => sameText(print, ofDocument(target)));
        const near = targets.find((target) => shingleOverlap(print.shingles, ofDocument(target).shingles) >= threshold);
        if (same !== undefined) result["positive-text"].push(`${what} = ${same}`);
        else if (near !== undefined) result["near-positive"].push(`${what} ~ ${near}`);
      }
      const keys = id === null ? print.keys : [id, ...print.keys];
      const sources = keys.flatMap((key) => [...seen.get(key) ?? []]);
      if (sources.includes(pool.source(row))) result.duplicate.push(what);
      else if (sources.length > 0) result["two-sources"].push(what);
      for (const key of keys) seen.set(key, (seen.get(key) ?? new Set()).add(pool.source(row)));
    }
  }
  return result;
}
