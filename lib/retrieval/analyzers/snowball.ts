import * as z from "zod";
import type { AnalyzerPart } from "./analyzer.ts";
import { SNOWBALL_LANGUAGES, type SnowballLanguage } from "./snowball_languages.ts";
import { standardTokens } from "./standard_tokens.ts";

/** Short words that are written as one with the next, before an apostrophe (Lucene's lists). */
const ELISIONS: Readonly<Record<string, string>> = {
  french: "l m t qu n s j d c jusqu quoiqu lorsqu puisqu",
  irish: "d m b",
  italian: "c l all dall dell nell sull coll pell gl agl dagl degl negl sugl un m t s v d",
};

/** Analyzers of the languages with a Snowball stemmer, by name: `german`, `french` … */
export const snowball: readonly AnalyzerPart[] = SNOWBALL_LANGUAGES.map(partOf);

function partOf(language: SnowballLanguage): AnalyzerPart {
  const { name } = language;
  return {
    name,
    version: 1,
    about: `${name[0].toUpperCase()}${name.slice(1)}: standard tokens in lower case, no stop words, Snowball stems`,
    options: z.strictObject({
      /** Whether to leave out the language's stop words. */
      stopWords: z.boolean().default(true),
    }),
    make: ({ stopWords }: { stopWords: boolean }) => makeOf(language, stopWords),
  };
}

function makeOf({ name, code, stem, stopWords }: SnowballLanguage, without: boolean) {
  const lower = name === "greek" ? plainGreek : (text: string) => text.normalize("NFC").toLocaleLowerCase(code);
  const elided = ELISIONS[name] && new RegExp(`^(?:${ELISIONS[name].replaceAll(" ", "|")})['\u2019](?=.)`, "u");
  const stops = new Set(without ? stopWords.map(lower) : []);
  return {
    id: without ? undefined : "with stop words",
    split: (text: string, emit: (token: string) => void) => standardTokens(lower(text), emit),
    term(token: string) {
      const bare = elided ? token.replace(elided, "") : token;
      return stops.has(token) || stops.has(bare) ? undefined : stem(bare);
    },
  };
}

/** Lower case without accents and with one form of sigma, as Lucene prepares Greek. */
function plainGreek(text: string): string {
  return text.normalize("NFD").replace(/[\u0300\u0301\u0342\u0313\u0314\u0345]/g, "").normalize("NFC").toLowerCase()
    .replaceAll("\u03c2", "\u03c3");
}
