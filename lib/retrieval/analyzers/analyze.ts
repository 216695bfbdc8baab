import { ArgumentError } from "../../core/errors.ts";
import type { Analyzer, AnalyzerChoice } from "./analyzer.ts";
import { ANALYZERS } from "./registry.ts";

/**
 * The index terms of a text.
 *
 * @param analyzer A name in {@link ANALYZERS}, a name with options, or an analyzer. Defaults to "english".
 *
 * @example
 * ```ts
 * import { analyze } from "@syneg/kit/retrieval";
 * console.log(analyze("The runners' shoes weren't in Tom's car.")); // ["runner", "shoe", "weren't", "tom", "car"]
 * console.log(analyze("Les chaussures", "french")); // ["chaussur"]
 * ```
 *
 * @category Retrieval
 */
export function analyze(text: string, analyzer: AnalyzerChoice = "english"): string[] {
  const used = analyzerOf(analyzer);
  const terms: string[] = [];
  used.split(text, (token) => {
    const term = used.term(token);
    if (term !== undefined) terms.push(term);
  });
  return terms;
}

/**
 * The analyzer of a choice, with its id; an analyzer is returned as it is.
 *
 * @throws {ArgumentError} `Unknown analyzer "englsh": did you mean "english"?`
 */
export function analyzerOf(choice: AnalyzerChoice): Analyzer {
  if (typeof choice === "string") return named(choice, {});
  if ("split" in choice) return choice as Analyzer;
  const { name, ...options } = choice as { name: string };
  if (typeof name !== "string") {
    throw new ArgumentError('An analyzer must have a name, such as { name: "german" }, or a method split');
  }
  return named(name, options);
}

function named(name: string, options: Record<string, unknown>): Analyzer {
  const { version } = ANALYZERS.get(name);
  const made = ANALYZERS.make(name, options);
  return {
    ...made,
    id: `${name}@${version}${made.id === undefined ? "" : ` ${made.id}`}`,
    choice: { name, ...options },
  };
}
