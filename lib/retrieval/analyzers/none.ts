import * as z from "zod";
import type { AnalyzerPart } from "./analyzer.ts";

/** Splits at white space and changes nothing: for text that another program has split into terms. */
export const none: AnalyzerPart = {
  name: "none",
  version: 1,
  about: "splits at white space and changes nothing",
  options: z.strictObject({}),
  make: () => ({
    split(text, emit) {
      for (const [token] of text.matchAll(/\S+/g)) emit(token);
    },
    term: (token) => token,
  }),
};
