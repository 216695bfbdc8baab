import { checkEncoder } from "../../encoders/check_encoder.ts";
import { encodeToCompare } from "../../encoders/similarity.ts";
import { checkCollection, checkNegatives } from "../../collections/check_arguments.ts";
import { checkOptions, type OptionKinds } from "../../core/options.ts";
import { KitError } from "../../core/errors.ts";
import type { Progress } from "../../core/progress.ts";
import { passageText } from "../../collections/passage.ts";
import type { NEGATIVES, Source } from "../../tables/schema.ts";
import type { Table } from "../../tables/table.ts";
import type { Collection } from "../../collections/types.ts";
import { withColumns } from "../../tables/with_columns.ts";
import { withMetadata } from "../../tables/with_metadata.ts";
import type { Encoder } from "../../encoders/types.ts";
import { filterContext } from "../filters/filter.ts";
import { checkFinite, product } from "./dense.ts";

/** Options of {@link rescore}. */
export interface RescoreOptions {
  /** Split of the known positives. @default "train" */
  split?: string;
  /** Sources to score. @default all */
  sources?: readonly Source[];
  /** Reports texts as they are encoded: queries, then passages. */
  progress?: Progress;
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
 * lowest positive) and `model`, which then names the encoder; a written row keeps the name of its writer there. Margins,
 * SimANS and curricula then work on every source alike. The table's metadata names the encoder by source.
 *
 * @throws {KitError} if no row is kept, or a vector is not finite.
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
  const context = filterContext(negatives, collection, { split, signal });
  const { pool } = context;
  const rows = [...pool.kept.values()].flat()
    .filter((row) => sources?.includes(pool.source(row)) ?? true).sort((a, b) => a - b);
  if (rows.length === 0) throw new KitError("Cannot score negatives: none is kept");
  const index = (keys: Iterable<string>) => {
    const places = new Map<string, number>();
    for (const key of keys) if (!places.has(key)) places.set(key, places.size);
    return places;
  };
  const queryPlace = index(rows.map((row) => pool.query(row)));
  const texts = rows.map((row) => passageText(context.passage(row)));
  const known = [...queryPlace.keys()].map((id) =>
    context.positives.get(id)!.map((doc) => passageText(context.document(doc)))
  );
  const textPlace = index([...texts, ...known.flat()]);
  const asked = [...queryPlace.keys()].map((id) => context.query(id));
  const all = asked.length + textPlace.size;
  const report = (before: number) =>
    progress && { update: (done: number) => progress.update(before + done, `of ${all} texts`), finish() {} };
  const queries = await encodeToCompare(encoder, asked, { kind: "query", progress: report(0), signal });
  const passages = { kind: "document", progress: report(asked.length), signal } as const;
  const documents = await encodeToCompare(encoder, textPlace.keys(), passages);
  progress?.update(all, "");
  checkFinite(queries, "query");
  checkFinite(documents, "passage");
  const lowest = known.map((passages, q) =>
    Math.min(...passages.map((text) => product(queries, q, documents, textPlace.get(text)!)))
  );
  const score = [...negatives.column("score")];
  const positive_score = [...negatives.column("positive_score")];
  const scorer = [...negatives.column("scorer")];
  const scorers = JSON.parse(negatives.metadata.get(SCORERS) ?? "{}");
  rows.forEach((row, i) => {
    const q = queryPlace.get(pool.query(row))!;
    score[row] = product(queries, q, documents, textPlace.get(texts[i])!);
    positive_score[row] = lowest[q];
    scorer[row] = encoder.name;
    scorers[pool.source(row)] = encoder.name;
  });
  return withMetadata(withColumns(negatives, { score, positive_score, scorer }), {
    [SCORERS]: JSON.stringify(scorers),
  });
}
