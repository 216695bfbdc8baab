import * as z from "zod";
import type { AnalyzerPart } from "./analyzer.ts";

/** The platform's dictionaries decide where words end, so an index depends on them. */
const ICU: string = (globalThis as { process?: { versions?: { icu?: string } } }).process?.versions?.icu ?? "unknown";

/** Words of `Intl.Segmenter`, which has dictionaries for Chinese, Japanese, Thai, Lao, Khmer and Burmese. */
export const icu: AnalyzerPart = {
  name: "icu",
  version: 1,
  about: "words of Unicode's segmenter in lower case: for Chinese, Japanese, Thai and mixed text",
  options: z.strictObject({}),
  make() {
    const segmenter = new Intl.Segmenter("en", { granularity: "word" });
    return {
      id: `ICU ${ICU}`,
      split(text, emit) {
        for (const { segment, isWordLike } of segmenter.segment(text.normalize("NFKC").toLowerCase())) {
          if (isWordLike) emit(segment);
        }
      },
      term: (token) => token,
    };
  },
};
