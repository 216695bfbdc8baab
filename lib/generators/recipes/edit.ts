import type { Random } from "../../core/random.ts";
import { words } from "../../core/words.ts";
import { passageText } from "../../collections/passage.ts";
import { sentenceEnds } from "../reading/mod.ts";
import type { Item, PromptInput, RuleRecipe } from "../recipe.ts";

/** A place in a text where a rule applies, and what it changes there. */
interface Site {
  readonly rule: string;
  readonly at: number;
  readonly from: string;
  readonly to: string;
}

type Rule = (text: string, random: Random, names: readonly string[]) => Site[];

/** Opposites, replaced in both directions: with a condition inverted, the passage no longer holds. */
const OPPOSITES: readonly (readonly [string, string])[] = [
  ["before", "after"],
  ["above", "below"],
  ["more", "less"],
  ["higher", "lower"],
  ["larger", "smaller"],
  ["longer", "shorter"],
  ["earlier", "later"],
  ["increases", "decreases"],
  ["increase", "decrease"],
  ["rises", "falls"],
  ["at least", "at most"],
  ["inside", "outside"],
  ["with", "without"],
  ["always", "never"],
  ["first", "last"],
  ["maximum", "minimum"],
  ["only if", "even if"],
  ["hot", "cold"],
  ["slow", "fast"],
  ["strong", "weak"],
  ["early", "late"],
];
const INVERTED = new Map([...OPPOSITES, ...OPPOSITES.map(([a, b]) => [b, a] as const)]);
const CONDITION = new RegExp(`\\b(${[...INVERTED.keys()].sort((a, b) => b.length - a.length).join("|")})\\b`, "gi");

const NUMBER_WORDS = ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
const NUMBER = new RegExp(`\\d+(?:[.,]\\d+)*|\\b(?:${NUMBER_WORDS.join("|")})\\b`, "gi");
const NEGATED = /\b(?:is|are|was|were|can|could|must|may|should|will|would|does|do|did|has|have) not\b|\bcannot\b/gi;
const AFFIRMED = /\b(?:is|are|was|were|can|could|must|should|will|would)\b(?! not\b)/gi;
const NAME = /(?<=[\p{Ll},;] )\p{Lu}[\p{L}\d'-]+(?: \p{Lu}[\p{L}\d'-]+)*/gu;

const RULES: Readonly<Record<string, Rule>> = {
  number: (text, random) => matches(text, NUMBER, "number", (found, at) => otherNumber(found, random.fork(at))),
  entity: (text, random, names) =>
    matches(text, NAME, "entity", (found, at) => {
      const words = found.split(" ").length;
      const others = names.filter((name) => name !== found && name.split(" ").length === words && !text.includes(name));
      return others.length === 0 ? undefined : others[random.fork(at).integer(others.length)];
    }),
  negation: (text) => [
    ...matches(text, NEGATED, "negation", (found) => found === "cannot" ? "can" : found.replace(/ not$/i, "")),
    ...matches(text, AFFIRMED, "negation", (found) => `${found} not`),
  ],
  condition: (text) =>
    matches(text, CONDITION, "condition", (found) => cased(INVERTED.get(found.toLowerCase())!, found)),
};

/**
 * Edits the positive by rule, without a model: changes one number, entity, negation or condition in the sentence that
 * shares the most words with the query. The attributes hold the rule and the change. Such a copy is close to its positive
 * and false, so it serves as a control as well as a negative.
 */
export const edit: RuleRecipe = {
  kind: "rule",
  name: "edit",
  version: 1,
  about: "changes a number, entity, negation or condition of the positive by rule, without a model",
  writes: "negatives",
  count: 2,
  write: (input, { count, random, names, reach }) => {
    const items: Item[] = [];
    const { positive } = input;
    const title = passageText(positive).length - positive.text.length;
    for (const rule of random.fork("rules").shuffle(Object.keys(RULES))) {
      if (items.length === count) break;
      const sites = RULES[rule](positive.text, random.fork(rule), names)
        .filter(({ at, from }) => title + at + from.length <= reach);
      if (sites.length > 0) items.push(edited(input, nearest(input, sites, random.fork(`${rule} site`))));
    }
    return items;
  },
};

function edited({ positive: { title, text } }: PromptInput, { rule, at, from, to }: Site): Item {
  return {
    title,
    text: text.slice(0, at) + to + text.slice(at + from.length),
    attributes: { rule, from, to },
    reason: `edit ${rule}: "${from}" became "${to}"`,
  };
}

/** Draws one of the sites in the sentence that shares the most words with the query. */
function nearest({ query, positive: { text } }: PromptInput, sites: readonly Site[], random: Random): Site {
  const asked = new Set(contentWords(query));
  const bounds = [0, ...sentenceEnds(text)];
  const shared = bounds.slice(1).map((end, i) =>
    contentWords(text.slice(bounds[i], end)).filter((word) => asked.has(word)).length
  );
  const score = ({ at }: Site) => shared[bounds.findIndex((end) => end > at) - 1];
  const best = Math.max(...sites.map(score));
  const near = sites.filter((site) => score(site) === best);
  return near[random.integer(near.length)];
}

/** Words of at least four letters; all words in scripts without case, where words are short. */
function contentWords(text: string): string[] {
  return words(text).filter((word) => word.length >= 4 || /\p{Lo}/u.test(word));
}

function matches(
  text: string,
  pattern: RegExp,
  rule: string,
  change: (found: string, at: number) => string | undefined,
) {
  const sites: Site[] = [];
  for (const { 0: from, index: at } of text.matchAll(pattern)) {
    const to = change(from, at);
    if (to !== undefined && to !== from) sites.push({ rule, at, from, to });
  }
  return sites;
}

/** Another number of the same form: same digits, separators and case. */
function otherNumber(found: string, random: Random): string {
  const word = NUMBER_WORDS.indexOf(found.toLowerCase());
  if (word >= 0) {
    return cased(NUMBER_WORDS[(word + 1 + random.integer(NUMBER_WORDS.length - 1)) % NUMBER_WORDS.length], found);
  }
  const digits = [...found];
  const places = digits.map((d, i) => /\d/.test(d) ? i : -1).filter((i) => i >= 0);
  // Keeps a year in its century and a large number near its size: the first digit changes only if it is the only one.
  const place = places.length === 1 ? places[0] : places[1 + random.integer(places.length - 1)];
  const least = place === places[0] ? 1 : 0;
  const old = Number(digits[place]);
  digits[place] = String(least + (old - least + 1 + random.integer(9 - least)) % (10 - least));
  return digits.join("");
}

function cased(word: string, like: string): string {
  return /^\p{Lu}/u.test(like) ? word[0].toUpperCase() + word.slice(1) : word;
}
