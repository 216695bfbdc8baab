import { counted } from "../../core/format_numbers.ts";
import * as z from "zod";
import { checkCollection, checkNegatives } from "../../collections/check_arguments.ts";
import type { Collection } from "../../collections/types.ts";
import { ArgumentError } from "../../core/errors.ts";
import { suggestion } from "../../core/nearest.ts";
import { type OptionShape, parseOptions } from "../../core/parse_options.ts";
import type { NEGATIVES } from "../../tables/schema.ts";
import type { REVIEWS } from "../../tables/reviews.ts";
import { Table } from "../../tables/table.ts";
import { explorerData } from "./explorer_data.ts";
import { explorerPage } from "./page.ts";
import { type Explorer, savedPage } from "./saved_page.ts";

/**
 * Options of {@link browse}.
 *
 * @category Negatives
 */
export interface BrowseOptions {
  /**
   * Split whose positives are shown.
   * @default {"train"}
   */
  split?: string;
  /** Split with complete judgments, to flag false negatives. Omit to use `complete` if the collection has it. */
  judgments?: string;
  /** Heading. Omit for the collection's name and the number of rows. */
  title?: string;
  /**
   * Give verdicts by key press (k keep, d drop, r relabel, u undo) and save them as a file.
   * @default {false}
   */
  review?: boolean;
  /** Verdicts given so far, to show, to filter by and to continue. Omit for none. */
  reviews?: Table<typeof REVIEWS>;
  /**
   * Height in a notebook, in pixels.
   * @default {640}
   */
  height?: number;
}

const OPTIONS = z.strictObject(
  {
    split: z.string().default("train"),
    judgments: z.string().optional(),
    title: z.string().optional(),
    review: z.boolean().default(false),
    reviews: z.custom<Table<typeof REVIEWS>>((value) => value instanceof Table).optional(),
    height: z.int().min(200).default(640),
  } satisfies OptionShape<BrowseOptions>,
);

/**
 * Shows negatives to read: each query's candidates beside its positives, with source, rank, score, verdict and reason;
 * sort, filter and search, with the mouse or the keyboard. One HTML page without network.
 *
 * @param collection The collection that the negatives belong to.
 * @param negatives Mined, written or imported.
 * @throws {ArgumentError} for an unknown option or split.
 * @throws {KitError} if a row has neither text nor a document of the corpus.
 *
 * @example
 * ```ts
 * import { browse, loadCollection, mine } from "@syneg/kit";
 * const facets = await loadCollection("facets");
 * const explorer = browse(facets, await mine(facets, { source: "bm25", depth: 5 }));
 * console.log(explorer.html.length > 10_000); // true
 * ```
 * @category Negatives
 */
export function browse(
  collection: Collection,
  negatives: Table<typeof NEGATIVES>,
  options: BrowseOptions = {},
): Explorer {
  const { split, judgments, title, review, reviews, height } = parseOptions("browse", OPTIONS, options);
  checkCollection("browse", collection);
  checkNegatives("browse", negatives);
  const splits = Object.keys(collection.qrels);
  for (const name of [split, judgments]) {
    if (name === undefined || splits.includes(name)) continue;
    throw new ArgumentError(`Unknown split "${name}" of ${collection.name}: ${suggestion(name, splits)}`);
  }
  const complete = judgments ?? (splits.includes("complete") ? "complete" : undefined);
  const data = explorerData({ collection, negatives, split, judgments: complete, reviews });
  const rows = counted(negatives.length, "negative");
  const html = explorerPage({ title: title ?? `${collection.name}: ${rows}`, data, review });
  return savedPage(html, { height, text: `Explorer: ${rows}` });
}
