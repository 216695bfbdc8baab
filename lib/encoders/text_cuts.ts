import { count } from "../core/format_numbers.ts";
import { passageText } from "../collections/passage.ts";
import { rowsById } from "../tables/rows_by_id.ts";
import type { NEGATIVES } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";
import type { Collection } from "../collections/types.ts";
import { checkCollection } from "../collections/check_arguments.ts";
import { checkOptions, type OptionKinds } from "../core/options.ts";
import { checkEncoder } from "./check_encoder.ts";
import type { Encoder, TextKind, TrainableEncoder } from "./types.ts";

/**
 * Texts of one kind, and how many of them an encoder cuts.
 *
 * @category Encoders
 */
export interface TextCut {
  /** "passages", "queries of test", "positives of train", "written negatives (synthetic)" … */
  readonly what: string;
  /** Number of texts. */
  readonly texts: number;
  /** Texts that are truncated. */
  readonly cut: number;
}

/**
 * What {@link textCuts} counts.
 *
 * @category Encoders
 */
export interface TextCuts {
  /** Most tokens of a text, special ones and prompt included; null without a limit. */
  readonly maxLength: number | null;
  /** Counts by kind of text. */
  readonly counts: readonly TextCut[];
}

/**
 * Options of {@link textCuts}.
 *
 * @category Encoders
 */
export interface TextCutsOptions {
  /**
   * Splits whose queries to count. Omit for none.
   */
  splits?: readonly string[];
  /**
   * Training split, whose queries and positives to count as well. Omit for none.
   */
  train?: string;
  /**
   * Negatives whose kept rows to count by source. Omit for none.
   */
  negatives?: Table<typeof NEGATIVES>;
  /**
   * Whether to count the whole corpus.
   *
   * @default {true}
   */
  corpus?: boolean;
}

const KINDS: OptionKinds<TextCutsOptions> = {
  splits: "array",
  train: "string",
  negatives: "object",
  corpus: "boolean",
};

/**
 * Counts the texts of a collection that an encoder truncates: their end has no influence on vectors, rankings and
 * gradients.
 *
 * @returns undefined for an encoder without a known limit, such as a remote one.
 *
 * @example
 * ```ts
 * import { loadCollection, loadEncoder, textCuts } from "@syneg/kit";
 * const encoder = await loadEncoder("built-in", { maxLength: 128 });
 * const { counts } = textCuts(encoder, await loadCollection("facets"), { splits: ["test"] })!;
 * console.log(counts[0]); // { what: "passages", texts: 756, cut: 91 }
 * ```
 * @category Encoders
 */
export function textCuts(
  encoder: Encoder,
  collection: Collection,
  options: TextCutsOptions = {},
): TextCuts | undefined {
  checkEncoder("textCuts", encoder);
  checkCollection("textCuts", collection);
  checkOptions<TextCutsOptions>("textCuts", options, KINDS);
  if (!saysLength(encoder)) return undefined;
  const { splits = [], train, negatives, corpus = true } = options;
  const counts: TextCut[] = [];
  const add = (what: string, texts: Iterable<string>, kind: TextKind) => {
    let count = 0;
    let cut = 0;
    for (const text of texts) {
      count++;
      if (encoder.maxLength !== Infinity && encoder.cuts(text, kind)) cut++;
    }
    if (count > 0) counts.push({ what, texts: count, cut });
  };
  const passages = texts(collection);
  if (corpus) add("passages", passages(collection.corpus.column("id")), "document");
  for (const split of new Set([...train === undefined ? [] : [train], ...splits])) {
    add(`queries of ${split}`, queries(collection, split), "query");
  }
  if (train !== undefined) add(`positives of ${train}`, passages(positives(collection, train)), "document");
  if (negatives) {
    for (const [what, found] of bySource(negatives, passages)) add(what, found, "document");
  }
  return { maxLength: encoder.maxLength === Infinity ? null : encoder.maxLength, counts };
}

/**
 * The counts in one sentence; undefined if no text is truncated.
 *
 * @example
 * ```ts
 * import { describeTextCuts } from "@syneg/kit";
 * console.log(describeTextCuts({ maxLength: 128, counts: [{ what: "documents", texts: 200, cut: 3 }] }));
 * ```
 *
 * @category Encoders
 */
export function describeTextCuts({ maxLength, counts }: TextCuts): string | undefined {
  const cut = counts.filter(({ cut }) => cut > 0);
  if (cut.length === 0) return undefined;
  const said = cut.map(({ what, texts, cut }) => `${count(cut)} of ${count(texts)} ${what} (${percent(cut, texts)})`);
  return `Cut at ${maxLength} tokens, and not read further: ${said.join(", ")}`;
}

/** A share in percent; 0 and 100 are exact. */
export function percent(part: number, whole: number): string {
  if (part === 0 || part === whole) return part === 0 ? "0 %" : "100 %";
  return `${Math.min(99.9, Math.max(0.1, 100 * part / whole)).toFixed(1)} %`;
}

function saysLength(encoder: Encoder): encoder is TrainableEncoder {
  return "cuts" in encoder;
}

function texts({ corpus }: Collection): (ids: Iterable<string>) => Generator<string> {
  const rows = rowsById(corpus);
  return function* (ids) {
    for (const id of ids) {
      const row = rows.get(id);
      if (row !== undefined) yield passageText(corpus.row(row));
    }
  };
}

function* queries({ queries, qrels }: Collection, split: string): Generator<string> {
  const judged = new Set(qrels[split]?.column("query_id"));
  const ids = queries.column("id");
  const texts = queries.column("text");
  for (let row = 0; row < queries.length; row++) if (judged.has(ids.at(row))) yield texts.at(row);
}

function positives({ qrels }: Collection, split: string): Set<string> {
  const found = new Set<string>();
  for (const { doc_id, grade } of qrels[split]?.rows() ?? []) if (grade > 0) found.add(doc_id);
  return found;
}

/** Kept negatives by source: each document once, written passages row by row. */
function bySource(
  negatives: Table<typeof NEGATIVES>,
  passages: (ids: Iterable<string>) => Iterable<string>,
): [string, Iterable<string>][] {
  const documents = new Map<string, Set<string>>();
  const written = new Map<string, string[]>();
  for (const { verdict, source, doc_id, title, text } of negatives.rows()) {
    if (verdict !== "kept") continue;
    if (doc_id === null) {
      const found = passageText({ title: title ?? "", text: text ?? "" });
      if (!written.get(source)?.push(found)) written.set(source, [found]);
    } else documents.set(source, (documents.get(source) ?? new Set()).add(doc_id));
  }
  return [
    ...[...documents].sort().map(([source, ids]) => [`passages among ${source} negatives`, passages(ids)] as const),
    ...[...written].sort().map(([source, texts]) => [`written negatives (${source})`, texts] as const),
  ].map(([what, texts]) => [what, texts]);
}
