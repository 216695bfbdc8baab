import { stemmer } from "stemmer";
import { standardTokens } from "./standard_tokens.ts";
import type { Analyzer } from "../types.ts";

/** Lucene's English stop words. */
export const STOP_WORDS: ReadonlySet<string> = new Set(
  ("a an and are as at be but by for if in into is it no not of on or such that the their then there these they this " +
    "to was will with").split(" "),
);

/** Lucene's English analyzer: standard tokens, possessive "'s" off, lower case, stop words, Porter stems. */
export const english: Analyzer = {
  split: (text, emit) => standardTokens(text.toLowerCase(), emit),
  term(token) {
    const bare = /['\u2019\uff07]s$/.test(token) ? token.slice(0, -2) : token;
    return STOP_WORDS.has(bare) ? undefined : stemmer(bare);
  },
};

/**
 * The index terms of a text.
 *
 * @example
 * ```ts
 * import { analyze } from "@syneg/kit";
 * console.log(analyze("The runners' shoes weren't in Tom's car.")); // ["runner", "shoe", "weren't", "tom", "car"]
 * ```
 */
export function analyze(text: string, analyzer: Analyzer = english): string[] {
  const terms: string[] = [];
  analyzer.split(text, (token) => {
    const term = analyzer.term(token);
    if (term !== undefined) terms.push(term);
  });
  return terms;
}
