import * as z from "zod";
import type { AnalyzerPart } from "./analyzer.ts";
import { ENGLISH_STOP_WORDS } from "./english.ts";
import { standardTokens } from "./standard_tokens.ts";

/** Runs of Chinese characters, kana and Hangul; marks and the long-vowel sign belong to the character before. */
const RUN = /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\p{M}]+/gu;
const LETTERS = /\p{L}\p{M}*/gu;

/**
 * Lucene's CJKAnalyzer: every two neighboring characters of Chinese, Japanese and Korean are a term, and a character
 * without a neighbor is one. Other text has standard tokens without English stop words.
 */
export const cjk: AnalyzerPart = {
  name: "cjk",
  version: 1,
  about: "pairs of neighboring characters of Chinese, Japanese and Korean, standard tokens otherwise (Lucene's CJK)",
  options: z.strictObject({}),
  make: () => ({
    split(text, emit) {
      const plain = text.normalize("NFKC").toLowerCase();
      let at = 0;
      for (const match of plain.matchAll(RUN)) {
        const run = match[0];
        if (!/\p{L}/u.test(run) || /^\p{M}/u.test(run)) continue;
        standardTokens(plain.slice(at, match.index), emit);
        at = match.index + run.length;
        for (const part of run.split(/[^\p{L}\p{M}]+/u)) pairs(part, emit);
      }
      standardTokens(plain.slice(at), emit);
    },
    term: (token) => ENGLISH_STOP_WORDS.has(token) ? undefined : token,
  }),
};

function pairs(run: string, emit: (token: string) => void): void {
  const letters = run.match(LETTERS) ?? [];
  if (letters.length === 1) emit(letters[0]);
  for (let i = 1; i < letters.length; i++) emit(letters[i - 1] + letters[i]);
}
