import * as z from "zod";
import { type OptionSchema, type Part, type Registry, registry } from "../core/registry.ts";

/**
 * How a variant of BM25 weighs terms (Kamphuis and others, ECIR 2020).
 *
 * @category Retrieval
 */
export interface Bm25Formula {
  /** Weight of a term that `n` of `N` documents contain. */
  idf(n: number, N: number): number;
  /** Length of a document as `score` takes it. */
  norm(length: number, mean: number): number;
  /** What a term adds to a document that contains it `frequency` times, beyond {@link absent}. */
  score(idf: number, frequency: number, norm: number): number;
  /** What a term adds to a document that does not contain it. */
  absent(idf: number): number;
}

/**
 * A variant of BM25: a part of the registry {@link BM25_VARIANTS}.
 *
 * @category Retrieval
 */
export type Bm25VariantPart = Part<string, OptionSchema, readonly [], Bm25Formula>;

const K1 = z.number().min(0).default(0.9);
const B = z.number().min(0).max(1).default(0.4);
const DELTA = z.number().min(0).default(0.5);
const PLAIN = z.strictObject({ k1: K1, b: B });
const RAISED = z.strictObject({ k1: K1, b: B, delta: DELTA });

type Plain = z.output<typeof PLAIN>;
type Raised = z.output<typeof RAISED>;

const lengthNorm = ({ k1, b }: Plain) => (length: number, mean: number) => k1 * (1 - b + b * length / mean);
const saturated = (idf: number, frequency: number, norm: number) => idf * frequency / (frequency + norm);

const lucene: Bm25VariantPart = {
  name: "lucene",
  about: "Lucene's: idf ln(1 + (N - n + 0.5) / (n + 0.5)), never negative",
  options: PLAIN,
  make: (options: Plain) => ({
    idf: (n, N) => Math.log(1 + (N - n + 0.5) / (n + 0.5)),
    norm: lengthNorm(options),
    score: saturated,
    absent: () => 0,
  }),
};

const robertson: Bm25VariantPart = {
  name: "robertson",
  about: "the first one: idf ln((N - n + 0.5) / (n + 0.5)), 0 for terms in half of the documents",
  options: PLAIN,
  make: (options: Plain) => ({
    idf: (n, N) => Math.log(Math.max(1, (N - n + 0.5) / (n + 0.5))),
    norm: lengthNorm(options),
    score: saturated,
    absent: () => 0,
  }),
};

const atire: Bm25VariantPart = {
  name: "atire",
  about: "ATIRE's: idf ln(N / n), frequency times k1 + 1",
  options: PLAIN,
  make: (options: Plain) => ({
    idf: (n, N) => Math.log(N / n),
    norm: lengthNorm(options),
    score: (idf, frequency, norm) => (options.k1 + 1) * saturated(idf, frequency, norm),
    absent: () => 0,
  }),
};

const plus: Bm25VariantPart = {
  name: "bm25+",
  about: "BM25+ (Lv and Zhai 2011) as bm25s computes it: delta counts for absent terms, too, so that it moves no rank",
  options: RAISED,
  make: (options: Raised) => ({
    idf: (n, N) => Math.log((N + 1) / n),
    norm: lengthNorm(options),
    score: (idf, frequency, norm) => (options.k1 + 1) * saturated(idf, frequency, norm),
    absent: (idf) => idf * options.delta,
  }),
};

const long: Bm25VariantPart = {
  name: "bm25l",
  about:
    "BM25L (Lv and Zhai 2011): delta lifts the normalized frequency, so that long documents are not over-penalized",
  options: RAISED,
  make({ k1, b, delta }: Raised) {
    const weight = (c: number) => (k1 + 1) * (c + delta) / (k1 + c + delta);
    const least = delta === 0 ? 0 : weight(0);
    return {
      idf: (n, N) => Math.log((N + 1) / (n + 0.5)),
      norm: (length, mean) => 1 - b + b * length / mean,
      score: (idf, frequency, norm) => idf * (weight(frequency / norm) - least),
      absent: (idf) => idf * least,
    };
  },
};

/**
 * Variants of BM25 by name. With the same terms, scores are those of the Python package bm25s.
 *
 * @category Retrieval
 */
export const BM25_VARIANTS: Registry<Bm25VariantPart> = registry<Bm25VariantPart>("BM25 variant", [
  lucene,
  robertson,
  atire,
  plus,
  long,
]);
