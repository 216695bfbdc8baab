import { documentsOf } from "../../collections/passages.ts";
import type { Positives } from "../../collections/positives.ts";
import type { Collection } from "../../collections/types.ts";
import type { NEGATIVES } from "../../tables/schema.ts";
import type { Table } from "../../tables/table.ts";
import { poolOf } from "../pool.ts";
import { type Fingerprint, fingerprint, fingerprints, sameText } from "../text/fingerprint.ts";
import { shingleOverlap } from "../text/shingles.ts";

/** What an audit looks for. */
export const CHECKS: Readonly<Record<CheckName, { severity: "error" | "warning"; about: string }>> = {
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
};

/**
 * Name of a check of `audit`.
 *
 * @category Negatives
 */
export type CheckName =
  | "positive"
  | "positive-text"
  | "duplicate"
  | "not-finite"
  | "unknown-query"
  | "unknown-document"
  | "no-text"
  | "near-positive"
  | "two-sources"
  | "without-negatives";

/** Kept rows that each check found, described. */
export type Findings = Record<CheckName, string[]>;

/** What {@link auditRows} compares with. */
export interface AuditInput {
  readonly collection: Collection;
  /** Documents known to answer each query. */
  readonly known: Positives;
  /** Shingle overlap from which two passages are near-duplicates. */
  readonly threshold: number;
}

/** Applies the row checks to every kept row. */
export function auditRows(negatives: Table<typeof NEGATIVES>, { collection, known, threshold }: AuditInput): Findings {
  const findings = Object.fromEntries(Object.keys(CHECKS).map((name) => [name, []])) as unknown as Findings;
  const pool = poolOf(negatives);
  const document = documentsOf(collection.corpus);
  const queryIds = new Set(collection.queries.column("id"));
  const ofDocument = fingerprints((id) => document(id)!);
  for (const [queryId, rows] of pool.kept) {
    if (!queryIds.has(queryId) || !known.has(queryId)) findings["unknown-query"].push(queryId);
    const positives = known.get(queryId) ?? [];
    const targets = positives.filter((id) => document(id) !== undefined);
    const seen = new Map<string | number, Set<string>>();
    for (const row of rows) {
      const { doc_id: id, title, text, score, positive_score, source } = negatives.row(row);
      const what = `row ${row}: ${queryId} ${id ?? source}`;
      if ([score, positive_score].some((value) => value !== null && !Number.isFinite(value))) {
        findings["not-finite"].push(what);
      }
      if (id === null && (text === null || text.trim() === "")) {
        findings["no-text"].push(what);
        continue;
      }
      if (id !== null && document(id) === undefined) {
        findings["unknown-document"].push(what);
        continue;
      }
      const print = id === null ? fingerprint({ title: title ?? "", text: text! }) : ofDocument(id);
      if (id !== null && positives.includes(id)) findings.positive.push(what);
      else comparePositives({ what, print }, targets, { findings, ofDocument, threshold });
      const keys = id === null ? print.keys : [id, ...print.keys];
      const sources = keys.flatMap((key) => [...seen.get(key) ?? []]);
      if (sources.includes(source)) findings.duplicate.push(what);
      else if (sources.length > 0) findings["two-sources"].push(what);
      for (const key of keys) seen.set(key, (seen.get(key) ?? new Set()).add(source));
    }
  }
  return findings;
}

/** Compares a row's text with the known positives. */
function comparePositives(
  { what, print }: { what: string; print: Fingerprint },
  targets: readonly string[],
  { findings, ofDocument, threshold }: {
    findings: Findings;
    ofDocument: (id: string) => Fingerprint;
    threshold: number;
  },
): void {
  const same = targets.find((target) => sameText(print, ofDocument(target)));
  if (same !== undefined) return void findings["positive-text"].push(`${what} = ${same}`);
  const near = targets.find((target) => shingleOverlap(print.shingles, ofDocument(target).shingles) >= threshold);
  if (near !== undefined) findings["near-positive"].push(`${what} ~ ${near}`);
}
