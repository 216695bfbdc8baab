import * as z from "zod";
import { KitError } from "../core/errors.ts";
import { parseOptions } from "../core/parse_options.ts";
import { random } from "../core/random.ts";
import type { SourceDocument } from "./documents/source_document.ts";
import { duplicateGroups } from "./near_duplicates.ts";

/**
 * Splits of a collection made from documents.
 *
 * @category Pipeline
 */
export type DocumentSplit = "train" | "dev" | "test";

/**
 * Options of {@link splitDocuments}.
 *
 * @category Pipeline
 */
export interface SplitDocumentsOptions {
  /**
   * Share of the documents that is held out for the test.
   * @default {0.25}
   */
  test?: number;
  /**
   * Share of the documents that decides which weights are best.
   * @default {0.1}
   */
  dev?: number;
  /**
   * Overlap of three-word shingles from which two documents stay in one split.
   * @default {0.6}
   */
  threshold?: number;
  /**
   * Seed of the draw.
   * @default {0}
   */
  seed?: number | string;
}

const OPTIONS = z.strictObject({
  test: z.number().positive().max(0.9).default(0.25),
  dev: z.number().positive().max(0.9).default(0.1),
  threshold: z.number().positive().max(1).default(0.6),
  seed: z.union([z.number(), z.string()]).default(0),
});

/**
 * A document's split.
 *
 * @category Pipeline
 */
export interface SplitDocument {
  /** Its id. */
  readonly id: string;
  /** Its split. */
  readonly split: DocumentSplit;
  /** Id of the first of its near-duplicates; its own if it has none. */
  readonly group: string;
}

/**
 * Splits documents for training and test. Near-duplicates stay together, so that no document of the test is known from
 * training under another name.
 *
 * @throws {KitError} if there are too few documents for three splits.
 *
 * @example
 * ```ts
 * import { splitDocuments } from "@syneg/kit/pipeline";
 * const documents = ["a", "b", "c", "d"].map((id) => ({ id, title: "", text: `about ${id} and nothing else` }));
 * console.log(splitDocuments(documents, { seed: 1 }).filter(({ split }) => split === "test").length); // 1
 * ```
 *
 * @category Pipeline
 */
export function splitDocuments(
  documents: readonly SourceDocument[],
  options: SplitDocumentsOptions = {},
): SplitDocument[] {
  const { test, dev, threshold, seed } = parseOptions("splitDocuments", OPTIONS, options);
  const groups = duplicateGroups(documents.map(({ title, text }) => `${title} ${text}`), threshold);
  const members = new Map<number, number[]>();
  groups.forEach((group, i) => members.set(group, [...members.get(group) ?? [], i]));
  if (members.size < 3) {
    throw new KitError(
      `Cannot split ${documents.length} documents: at least 3 that differ are wanted, found ${members.size}`,
    );
  }
  const wanted = {
    test: Math.max(1, Math.round(test * documents.length)),
    dev: Math.max(1, Math.round(dev * documents.length)),
  };
  const splits = new Map<number, DocumentSplit>();
  const counts = { train: 0, dev: 0, test: 0 };
  const order = random(seed).fork("documents").shuffle([...members.keys()]);
  order.forEach((group, at) => {
    const size = members.get(group)!.length;
    // The last groups fill what is still empty; a large group goes to train rather than over a small share.
    const left = order.length - at;
    const fits = (split: "test" | "dev") => counts[split] + size <= wanted[split] || counts[split] === 0 && left <= 2;
    const split = fits("test") ? "test" : fits("dev") ? "dev" : "train";
    counts[split] += size;
    splits.set(group, split);
  });
  if (Object.values(counts).some((count) => count === 0)) {
    const found = Object.entries(counts).map(([split, count]) => `${split} ${count}`).join(", ");
    throw new KitError(`Cannot split ${documents.length} documents into train, dev and test, found ${found}`);
  }
  return documents.map(({ id }, i) => ({ id, split: splits.get(groups[i])!, group: documents[groups[i]].id }));
}
