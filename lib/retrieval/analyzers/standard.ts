import * as z from "zod";
import type { AnalyzerPart } from "./analyzer.ts";
import { standardTokens } from "./standard_tokens.ts";

/** Lucene's StandardAnalyzer, which has no stop words by default. */
export const standard: AnalyzerPart = {
  name: "standard",
  version: 1,
  about: "standard tokens in lower case, nothing else (Lucene's standard analyzer)",
  options: z.strictObject({}),
  make: () => ({
    split: (text, emit) => standardTokens(text.toLowerCase(), emit),
    term: (token) => token,
  }),
};
