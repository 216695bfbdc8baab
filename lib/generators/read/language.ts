/** Frequent function words by language; enough to tell paragraphs apart, no more. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  English: "the of and to in is that for it was with as on are be this by from or which not have has can its".split(" "),
  German: "der die und das ist nicht ein eine den von zu mit sich des auf für im dem auch wird oder werden bei".split(" "),
  French: "le la les des et une est que dans pour qui par sur pas au du ne sont avec plus ce cette ou".split(" "),
  Spanish: "el la los las de y que en un una es por con para se del no su al lo como más o".split(" "),
  Italian: "il la che di e un una per non sono con del della è si da nel dei le gli come anche".split(" "),
  Portuguese: "o os as de e que em um uma é por com para se do da não no na dos das ao mais".split(" "),
  Dutch: "de het een en van is dat op te in niet met voor zijn die aan er om ook wordt door bij".split(" "),
};
const SETS = Object.entries(WORDS).map(([language, words]) => [language, new Set(words)] as const);
const SCRIPTS = ["Latin", "Cyrillic", "Greek", "Arabic", "Hebrew", "Devanagari", "Han", "Hiragana", "Hangul", "Thai"].map(
  (name) => [name, new RegExp(`\\p{Script=${name}}`, "gu")] as const,
);

/** The script most letters belong to, or undefined when there are fewer than 10 letters. */
export function script(text: string): string | undefined {
  const counts = SCRIPTS.map(([name, pattern]) => [name, text.match(pattern)?.length ?? 0] as const);
  const letters = counts.reduce((sum, [, count]) => sum + count, 0);
  const [name, most] = counts.reduce((a, b) => b[1] > a[1] ? b : a);
  return letters < 10 || most < 0.6 * letters ? undefined : name;
}

/**
 * The language of a text in Latin script by its function words; undefined when the text is short or two languages are
 * near one another.
 */
export function language(text: string): string | undefined {
  const words = text.toLowerCase().match(/\p{L}+/gu) ?? [];
  if (words.length < 15) return undefined;
  const shares = SETS.map(([name, set]) => ({ name, share: words.filter((word) => set.has(word)).length / words.length }));
  const [first, second] = shares.sort((a, b) => b.share - a.share);
  return first.share >= 0.15 && first.share >= 1.5 * second.share ? first.name : undefined;
}

/** What tells `text` from `reference` in script or language, or undefined when nothing does. */
export function foreign(text: string, reference: string): string | undefined {
  const [here, there] = [script(text), script(reference)];
  if (here && there && here !== there) return `${here} script, not ${there}`;
  const [spoken, wanted] = [language(text), language(reference)];
  return spoken && wanted && spoken !== wanted ? `${spoken}, not ${wanted}` : undefined;
}
