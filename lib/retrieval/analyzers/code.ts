import { stemmer } from "stemmer";
import * as z from "zod";
import type { AnalyzerPart } from "./analyzer.ts";
import { ENGLISH_STOP_WORDS } from "./english.ts";

/** Names as programs write them, with their dots, underscores and dollar signs. */
const NAME = /[\p{L}\p{N}_$](?:[\p{L}\p{M}\p{N}_$]|[.'\u2019](?=[\p{L}\p{N}_$]))*/gu;
/** Where a word of a name begins: after a lowercase letter or digit (fooBar), and before the last of capitals (HTTPServer). */
const HUMP = /(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u;

/** Splits names of programs into their words; the words are treated like English. */
export const code: AnalyzerPart = {
  name: "code",
  version: 1,
  about: "names of programs split at dots, underscores and capitals; no English stop words, Porter stems",
  options: z.strictObject({
    /** Whether to keep a name of several words as a term, too. */
    whole: z.boolean().default(false),
  }),
  make: ({ whole }: { whole: boolean }) => ({
    id: whole ? "whole" : undefined,
    split(text, emit) {
      for (const [name] of text.matchAll(NAME)) {
        const bare = name.replace(/['\u2019]s$/, "");
        const words = bare.split(/[._$'\u2019]+/).filter(Boolean).flatMap((part) => part.split(HUMP));
        for (const word of words) emit(word.toLowerCase());
        if (whole && words.length > 1) emit(bare.toLowerCase());
      }
    },
    term: (token) => ENGLISH_STOP_WORDS.has(token) ? undefined : stemmer(token),
  }),
};
