import { checkCollection, checkNegatives } from "../collections/check_arguments.ts";
import { withoutDangling } from "../collections/dangling.ts";
import type { Collection } from "../collections/types.ts";
import { ArgumentError } from "../core/errors.ts";
import { checkOptions, type OptionKinds } from "../core/options.ts";
import { stopSignal } from "../core/stop.ts";
import { checkEncoder } from "../encoders/check_encoder.ts";
import type { Encoder } from "../encoders/types.ts";
import { gradesByQuery } from "../tables/grades_by_query.ts";
import type { NEGATIVES, Source } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";
import { qrelsOf } from "./evaluate_encoder.ts";
import { LexicalOverlap } from "./lexical_overlap.ts";
import { logDeterminant } from "./log_determinant.ts";
import { PairTexts } from "./pair_texts.ts";

/**
 * Options of {@link contrastiveInformation}.
 *
 * @category Evaluation
 */
export interface ContrastiveInformationOptions {
  /**
   * Split of the known positives.
   *
   * @default {"train"}
   */
  split?: string;
  /**
   * Temperature of the consistency, that of the loss.
   *
   * @default {0.05}
   */
  temperature?: number;
  /**
   * How fast the locality falls with the distance of negative and query, in cosines.
   *
   * @default {0.25}
   */
  reach?: number;
  /**
   * Most kept negatives of a source that are used, spread over the table.
   *
   * @default {1000}
   */
  limit?: number;
  /** Stops the encoding. */
  signal?: AbortSignal;
}

const OPTIONS: OptionKinds<ContrastiveInformationOptions> = {
  split: "string",
  temperature: "number",
  reach: "number",
  limit: "number",
  signal: "object",
};

/**
 * How much the kept negatives of a source should teach an encoder, before it is trained on them.
 *
 * @category Evaluation
 */
export interface ContrastiveInformation {
  /** The source. */
  readonly source: Source;
  /** Negatives that were used. */
  readonly pairs: number;
  /** Mean consistency: how sure the encoder is that the negative is worse than the positive, 0 to 1. */
  readonly consistency: number;
  /** Mean locality: how near to the query the negative is, 0 to 1. */
  readonly locality: number;
  /** Mean lexical residual: share of the query's words, rare ones first, that the negative does not have, 0 to 1. */
  readonly residual: number;
  /** Information, in nats: grows with all three and with the variety of directions from positive to negative. */
  readonly information: number;
}

/**
 * A training-free forecast of which negatives help, after ECI (arXiv 2603.20990): with frozen vectors of query q, its
 * lowest positive p and a negative n, each negative weighs `w = sigmoid((qp - qn) / temperature) * exp((qn - 1) / reach) *
 * (1 - overlap)`. It is unlikely to be a false negative, near to the query, and not near by its words alone. A source's
 * information is `log det(I + (d / N) * sum w u uᵀ)` over the unit directions u from p to n in d dimensions: redundant
 * negatives add little. The terms are the paper's, the exact form is the kit's own.
 *
 * @throws {ArgumentError} for an option outside its domain, or if no negative is kept.
 *
 * @example
 * ```ts
 * import { contrastiveInformation, loadCollection, loadEncoder, mine } from "@syneg/kit";
 * const facets = await loadCollection("facets");
 * const encoder = await loadEncoder("built-in");
 * const negatives = await mine(facets, { source: "bm25", depth: 2 });
 * const [bm25] = await contrastiveInformation(encoder, facets, negatives, { limit: 100 });
 * console.log(bm25.information > 0); // true
 * ```
 *
 * @category Evaluation
 */
export async function contrastiveInformation(
  encoder: Encoder,
  collection: Collection,
  negatives: Table<typeof NEGATIVES>,
  options: ContrastiveInformationOptions = {},
): Promise<ContrastiveInformation[]> {
  checkEncoder("contrastiveInformation", encoder);
  checkCollection("contrastiveInformation", collection);
  checkNegatives("contrastiveInformation", negatives);
  checkOptions<ContrastiveInformationOptions>("contrastiveInformation", options, OPTIONS);
  const { split = "train", temperature = 0.05, reach = 0.25, limit = 1000 } = options;
  for (const [field, value] of Object.entries({ temperature, reach, limit })) {
    if (!(value > 0)) throw new ArgumentError(`${field} must be a number > 0, found ${value}`, { field });
  }
  const signal = stopSignal(options.signal);
  const positives = gradesByQuery(qrelsOf(withoutDangling(collection, split).collection, split));
  const texts = new PairTexts(encoder, collection);
  const bySource = pairsBySource(negatives, { texts, positives, limit });
  if (bySource.size === 0) throw new ArgumentError("Cannot compute contrastive information: no negative is kept");
  await texts.queries.encode(undefined, signal);
  await texts.documents.encode(undefined, signal);
  const overlap = new LexicalOverlap(collection);
  return [...bySource].map(([source, pairs]) => informationOf(source, pairs, { texts, overlap, temperature, reach }));
}

/** A query, its positives and a negative, by their rows in the texts; and the words of query and negative. */
interface Pair {
  readonly query: number;
  readonly positives: readonly number[];
  readonly negative: number;
  readonly words: readonly [query: string, negative: string];
}

function pairsBySource(
  negatives: Table<typeof NEGATIVES>,
  { texts, positives, limit }: {
    texts: PairTexts;
    positives: ReadonlyMap<string, ReadonlyMap<string, number>>;
    limit: number;
  },
): Map<Source, Pair[]> {
  const kept = new Map<Source, number[]>();
  const [source, verdict, query] = ["source", "verdict", "query_id"].map((name) => negatives.column(name as "source"));
  for (let row = 0; row < negatives.length; row++) {
    if (verdict.at(row) !== "kept" || ![...positives.get(query.at(row))?.values() ?? []].some((g) => g > 0)) continue;
    const name = source.at(row) as Source;
    if (!kept.has(name)) kept.set(name, []);
    kept.get(name)!.push(row);
  }
  return new Map([...kept].map(([name, rows]) => {
    const count = Math.min(limit, rows.length);
    const spread = Array.from({ length: count }, (_, i) => rows[Math.floor(i * rows.length / count)]);
    return [
      name,
      spread.map((row): Pair => {
        const negative = negatives.row(row);
        const relevant = [...positives.get(negative.query_id)!].filter(([, grade]) => grade > 0);
        return {
          query: texts.addQuery(negative.query_id),
          positives: relevant.map(([id]) => texts.addDocument(id)),
          negative: texts.addNegative(negative),
          words: [texts.queryText(negative.query_id), texts.negativeText(negative)],
        };
      }),
    ];
  }));
}

interface Settings {
  readonly texts: PairTexts;
  readonly overlap: LexicalOverlap;
  readonly temperature: number;
  readonly reach: number;
}

function informationOf(
  source: Source,
  pairs: readonly Pair[],
  { texts, overlap, temperature, reach }: Settings,
): ContrastiveInformation {
  const dimension = texts.documents.vector(pairs[0].negative).length;
  const matrix = new Float64Array(dimension * dimension);
  const sums = { consistency: 0, locality: 0, residual: 0 };
  for (const { query, positives, negative, words } of pairs) {
    const lowest = positives.reduce((a, b) => texts.similarity(query, b) < texts.similarity(query, a) ? b : a);
    const score = texts.similarity(query, negative);
    const consistency = 1 / (1 + Math.exp((score - texts.similarity(query, lowest)) / temperature));
    const locality = Math.exp((score - 1) / reach);
    const residual = 1 - overlap.of(...words);
    sums.consistency += consistency;
    sums.locality += locality;
    sums.residual += residual;
    const weight = consistency * locality * residual * dimension / pairs.length;
    addOuter(matrix, direction(texts.documents.vector(lowest), texts.documents.vector(negative)), weight);
  }
  for (let i = 0; i < dimension; i++) matrix[i * dimension + i] += 1;
  const count = pairs.length;
  return {
    source,
    pairs: count,
    consistency: sums.consistency / count,
    locality: sums.locality / count,
    residual: sums.residual / count,
    information: logDeterminant(matrix, dimension),
  };
}

/** The unit vector from one point to another; 0 if they are equal. */
function direction(from: Float32Array, to: Float32Array): Float64Array {
  const way = Float64Array.from(to, (value, i) => value - from[i]);
  const length = Math.hypot(...way);
  return length > 0 ? way.map((value) => value / length) : way;
}

/** Adds `weight * u uᵀ` to the lower triangle. */
function addOuter(matrix: Float64Array, u: Float64Array, weight: number): void {
  const size = u.length;
  for (let i = 0; i < size; i++) {
    const scaled = weight * u[i];
    for (let j = 0; j <= i; j++) matrix[i * size + j] += scaled * u[j];
  }
}
