import type { Analyzer } from "./analyzer.ts";
import { ANALYZERS } from "./registry.ts";

/**
 * The index terms of a text.
 *
 * @param analyzer A name in {@link ANALYZERS}, or an analyzer. Defaults to "english".
 *
 * @example
 * ```ts
 * import { analyze } from "./mod.ts";
 * console.log(analyze("The runners' shoes weren't in Tom's car.")); // ["runner", "shoe", "weren't", "tom", "car"]
 * console.log(analyze("Les chaussures", "standard")); // ["les", "chaussures"]
 * ```
 *
 * @category Retrieval
 */
export function analyze(text: string, analyzer: string | Analyzer = "english"): string[] {
  const used = analyzerOf(analyzer);
  const terms: string[] = [];
  used.split(text, (token) => {
    const term = used.term(token);
    if (term !== undefined) terms.push(term);
  });
  return terms;
}

/**
 * The analyzer of a name; an analyzer is returned as it is.
 *
 * @throws {ArgumentError} `Unknown analyzer "englsh": did you mean "english"?`
 */
export function analyzerOf(analyzer: string | Analyzer): Analyzer {
  return typeof analyzer === "string" ? ANALYZERS.make(analyzer) : analyzer;
}
