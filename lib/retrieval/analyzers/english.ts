import { stemmer } from "stemmer";
import * as z from "zod";
import type { AnalyzerPart } from "./analyzer.ts";
import { standardTokens } from "./standard_tokens.ts";

/**
 * Lucene's English stop words.
 *
 * @category Retrieval
 */
export const ENGLISH_STOP_WORDS: ReadonlySet<string> = new Set(
  ("a an and are as at be but by for if in into is it no not of on or such that the their then there these they this " +
    "to was will with").split(" "),
);

/** Lucene's EnglishAnalyzer. */
export const english: AnalyzerPart = {
  name: "english",
  version: 1,
  about:
    "standard tokens in lower case, no possessive 's, no English stop words, Porter stems (Lucene's English analyzer)",
  options: z.strictObject({}),
  make: () => ({
    split: (text, emit) => standardTokens(text.toLowerCase(), emit),
    term(token) {
      const bare = /['\u2019\uff07]s$/.test(token) ? token.slice(0, -2) : token;
      return ENGLISH_STOP_WORDS.has(bare) ? undefined : stemmer(bare);
    },
  }),
};
