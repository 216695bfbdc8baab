import { dotRows } from "../../core/dot.ts";
import { checkCollection, checkNegatives } from "../../collections/check_arguments.ts";
import { passageText } from "../../collections/passage.ts";
import type { Collection } from "../../collections/types.ts";
import { KitError } from "../../core/errors.ts";
import { checkOptions, type OptionKinds } from "../../core/options.ts";
import type { Progress } from "../../core/progress.ts";
import { checkEncoder } from "../../encoders/check_encoder.ts";
import { encodeToCompare } from "../../encoders/similarity.ts";
import type { Encoder, Vectors } from "../../encoders/types.ts";
import type { NEGATIVES, Source } from "../../tables/schema.ts";
import type { Table } from "../../tables/table.ts";
import { withColumns } from "../../tables/with_columns.ts";
import { withMetadata } from "../../tables/with_metadata.ts";
import { type NegativesContext, negativesContext } from "../context.ts";
import { checkFinite } from "../rules/check_finite.ts";

/**
 * Options of {@link rescore}.
 *
 * @category Negatives
 */
export interface RescoreOptions {
  /**
   * Split of the known positives.
   * @default {"train"}
   */
  split?: string;
  /** Sources to score. Omit for all. */
  sources?: readonly Source[];
  /** Reports texts as they are encoded: queries, then passages. Omit for none. */
  progress?: Progress;
  /** Cancels the work. Omit for none; in a notebook the stop button cancels in any case. */
  signal?: AbortSignal;
}

const RESCORE_OPTIONS: OptionKinds<RescoreOptions> = {
  split: "string",
  sources: "array",
  progress: "object",
  signal: "object",
};

/** Metadata key: which encoder scored the rows of each source last, as a JSON object. */
const SCORERS = "syneg.scorers";

/**
 * Recomputes the scores of kept rows with one encoder, written negatives included: `score`, `positive_score` (the query's
 * lowest positive) and `scorer`. Margins, SimANS and curricula then work on every source alike.
 *
 * @throws {KitError} if no row is kept, or a vector is not finite.
 *
 * @example
 * ```ts
 * import { loadCollection, loadEncoder, mine, rescore } from "@syneg/kit";
 * const facets = await loadCollection("facets");
 * const mined = await mine(facets, { source: "random", depth: 2 });
 * const scored = await rescore(mined, facets, await loadEncoder("built-in"));
 * console.log(scored.row(0).score, scored.row(0).scorer);
 * ```
 * @category Negatives
 */
export async function rescore(
  negatives: Table<typeof NEGATIVES>,
  collection: Collection,
  encoder: Encoder,
  options: RescoreOptions = {},
): Promise<Table<typeof NEGATIVES>> {
  checkNegatives("rescore", negatives);
  checkCollection("rescore", collection);
  checkEncoder("rescore", encoder);
  checkOptions<RescoreOptions>("rescore", options, RESCORE_OPTIONS);
  const { split, sources, progress, signal } = options;
  const context = negativesContext(negatives, collection, { split, progress, signal });
  const { pool } = context;
  const rows = [...pool.kept.values()].flat()
    .filter((row) => sources?.includes(pool.source(row)) ?? true).sort((a, b) => a - b);
  if (rows.length === 0) throw new KitError("Cannot score negatives: none is kept");
  const scores = await scoresOf(rows, encoder, context);
  const score = [...negatives.column("score")];
  const positive_score = [...negatives.column("positive_score")];
  const scorer = [...negatives.column("scorer")];
  const scorers = JSON.parse(negatives.metadata.get(SCORERS) ?? "{}");
  rows.forEach((row, i) => {
    score[row] = scores.own[i];
    positive_score[row] = scores.lowest.get(pool.query(row))!;
    scorer[row] = encoder.name;
    scorers[pool.source(row)] = encoder.name;
  });
  const metadata = { [SCORERS]: JSON.stringify(scorers) };
  return withMetadata(withColumns(negatives, { score, positive_score, scorer }), metadata);
}

/** Scores of the rows, and each query's lowest positive score. Every text is encoded once. */
async function scoresOf(rows: readonly number[], encoder: Encoder, context: NegativesContext) {
  const { pool, positives, progress, signal } = context;
  const queryPlace = placesOf(rows.map((row) => pool.query(row)));
  const texts = rows.map((row) => passageText(context.passage(row)));
  const known = [...queryPlace.keys()].map((id) => positives.get(id)!.map((doc) => passageText(context.document(doc))));
  const textPlace = placesOf([...texts, ...known.flat()]);
  const asked = [...queryPlace.keys()].map((id) => context.query(id));
  const all = asked.length + textPlace.size;
  const encode = async (part: Iterable<string>, kind: "query" | "document", before: number): Promise<Vectors> => {
    const report = progress &&
      { update: (done: number) => progress.update(before + done, `of ${all} texts`), finish() {} };
    return await encodeToCompare(encoder, part, { kind, progress: report, signal });
  };
  const queries = await encode(asked, "query", 0);
  const documents = await encode(textPlace.keys(), "document", asked.length);
  progress?.update(all, "");
  checkFinite(queries, "query");
  checkFinite(documents, "passage");
  const product = (q: number, text: string) => dotRows(queries, q, documents, textPlace.get(text)!);
  const lowest = [...queryPlace].map(([id, q]) => [id, Math.min(...known[q].map((text) => product(q, text)))] as const);
  return {
    own: rows.map((row, i) => product(queryPlace.get(pool.query(row))!, texts[i])),
    lowest: new Map(lowest),
  };
}

/** Positions of the different keys, in the order in which they first occur. */
function placesOf(keys: Iterable<string>): Map<string, number> {
  const places = new Map<string, number>();
  for (const key of keys) if (!places.has(key)) places.set(key, places.size);
  return places;
}
