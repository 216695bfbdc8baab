/** Frequent function words by language: enough to distinguish paragraphs. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  English: "the of and to in is that for it was with as on are be this by from or which not have has can its".split(
    " ",
  ),
  German: "der die und das ist nicht ein eine den von zu mit sich des auf für im dem auch wird oder werden bei".split(
    " ",
  ),
  French: "le la les des et une est que dans pour qui par sur pas au du ne sont avec plus ce cette ou".split(" "),
  Spanish: "el la los las de y que en un una es por con para se del no su al lo como más o".split(" "),
  Italian: "il la che di e un una per non sono con del della è si da nel dei le gli come anche".split(" "),
  Portuguese: "o os as de e que em um uma é por com para se do da não no na dos das ao mais".split(" "),
  Dutch: "de het een en van is dat op te in niet met voor zijn die aan er om ook wordt door bij".split(" "),
};
const LANGUAGES = Object.keys(WORDS);
/** Indices of the languages that have a word. */
const SPOKEN = new Map<string, number[]>();
for (const [number, language] of LANGUAGES.entries()) {
  for (const word of WORDS[language]) SPOKEN.set(word, [...SPOKEN.get(word) ?? [], number]);
}
const OTHER_THAN_LATIN = /[^\P{L}\p{Script=Latin}]/u;
const SCRIPTS =
  ("Latin Cyrillic Greek Arabic Hebrew Devanagari Bengali Gurmukhi Gujarati Tamil Telugu Kannada Malayalam " +
    "Sinhala Georgian Armenian Ethiopic Khmer Lao Myanmar Thai Hangul Han")
    .split(" ").map((name) => [name, new RegExp(`\\p{Script=${name}}`, "gu")] as const);
const KANA = /[\p{Script=Hiragana}\p{Script=Katakana}]/gu;
/** Minimum share of kana among the ideographs of a Japanese text. */
const SOME_KANA = 0.08;

/** The script of most letters; undefined if there are fewer than 10 letters. */
export function script(text: string): string | undefined {
  if (!OTHER_THAN_LATIN.test(text)) return /(?:\p{L}\P{L}*){10}/u.test(text) ? "Latin" : undefined;
  const counts = SCRIPTS.map(([name, pattern]) => [name, text.match(pattern)?.length ?? 0] as const);
  const kana = text.match(KANA)?.length ?? 0;
  const letters = counts.reduce((sum, [, count]) => sum + count, kana);
  const ideographs = kana + counts.at(-1)![1];
  if (kana > SOME_KANA * ideographs && ideographs >= 0.6 * letters && letters >= 10) return "Japanese";
  const [name, most] = counts.reduce((a, b) => b[1] > a[1] ? b : a);
  return letters < 10 || most < 0.6 * letters ? undefined : name;
}

/** The language of a text in Latin script, by its function words; undefined if the text is short or ambiguous. */
export function language(words: readonly string[]): string | undefined {
  if (words.length < 15) return undefined;
  const counts = LANGUAGES.map(() => 0);
  for (const word of words) for (const number of SPOKEN.get(word) ?? []) counts[number]++;
  const [first, second] = [...counts].sort((a, b) => b - a);
  return first >= 0.15 * words.length && first >= 1.5 * second ? LANGUAGES[counts.indexOf(first)] : undefined;
}

/** A text and its words in lowercase. */
export interface Spoken {
  readonly text: string;
  readonly words: readonly string[];
}

/** How `here` differs from `there` in script or language; undefined if it does not. */
export function foreign(here: Spoken, there: Spoken): string | undefined {
  const [written, expected] = [script(here.text), script(there.text)];
  if (written && expected && written !== expected) return `${written} script, not ${expected}`;
  const [spoken, wanted] = [language(here.words), language(there.words)];
  return spoken && wanted && spoken !== wanted ? `${spoken}, not ${wanted}` : undefined;
}
