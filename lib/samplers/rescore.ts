import { checkEncoder } from "../encoders/check_encoder.ts";
import { checkCollection, checkNegatives } from "../data/check_arguments.ts";
import { checkOptions, type OptionKinds } from "../core/options.ts";
import { KitError } from "../core/errors.ts";
import type { Progress } from "../core/progress.ts";
import { passageText } from "../data/passage.ts";
import type { NEGATIVES, Source } from "../data/schema.ts";
import type { Table } from "../data/table.ts";
import type { Collection } from "../data/types.ts";
import { withColumns } from "../data/with_columns.ts";
import type { Encoder } from "../encoders/types.ts";
import { filterContext } from "./filter.ts";
import { checkFinite, product } from "./miners/dense.ts";

/** Options of {@link rescore}. */
export interface RescoreOptions {
  /** Split of the known positives. @default "train" */
  split?: string;
  /** Sources to score. @default all */
  sources?: readonly Source[];
  progress?: Progress;
  signal?: AbortSignal;
}

const RESCORE_OPTIONS: OptionKinds<RescoreOptions> = {
  split: "string",
  sources: "array",
  progress: "object",
  signal: "object",
};

/**
 * Scores kept rows anew with one encoder, written negatives included: fills `score`, `positive_score` (the query's lowest
 * positive) and `model` where it was null. Then margins, SimANS and curricula work on every source alike.
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
  const { split, sources, signal } = options;
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
  const queries = await encoder.encode([...queryPlace.keys()].map((id) => context.query(id)), {
    kind: "query",
    signal,
  });
  const documents = await encoder.encode(textPlace.keys(), { kind: "document", signal });
  checkFinite(queries, "query");
  checkFinite(documents, "passage");
  const lowest = known.map((passages, q) =>
    Math.min(...passages.map((text) => product(queries, q, documents, textPlace.get(text)!)))
  );
  const score = [...negatives.column("score")];
  const positive_score = [...negatives.column("positive_score")];
  const model = [...negatives.column("model")];
  rows.forEach((row, i) => {
    const q = queryPlace.get(pool.query(row))!;
    score[row] = product(queries, q, documents, textPlace.get(texts[i])!);
    positive_score[row] = lowest[q];
    model[row] ??= encoder.name;
  });
  return withColumns(negatives, { score, positive_score, model });
}
