/**
 * Every source of negatives with its color in all charts, in legend order. A new source, such as a new miner's, is one
 * line. The colors follow Okabe and Ito, "Color Universal Design" (2008): they are distinct with any color vision, and
 * by lightness in a gray print.
 *
 * @category Tables
 */
export const sourceColor = {
  /** Random passages of the corpus. */
  random: "#999999",
  /** Mined with BM25. */
  bm25: "#0072b2",
  /** Mined with an encoder. */
  dense: "#009e73",
  /** Mined with the encoder in training. */
  model: "#cc79a7",
  /** Written by a language model. */
  synthetic: "#d55e00",
  /** Passages changed by rule. */
  edit: "#e69f00",
  /** Read from another tool's files. */
  imported: "#56b4e9",
} as const;

/**
 * Where a negative comes from: one of {@link SOURCES}.
 *
 * @category Tables
 */
export type Source = keyof typeof sourceColor;

/**
 * Names of the sources of negatives, in the order of legends.
 *
 * @category Tables
 */
export const SOURCES: readonly [Source, ...Source[]] = Object.keys(sourceColor) as [Source, ...Source[]];
