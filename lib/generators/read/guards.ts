import type { Item, Subject } from "../types.ts";
import { foreign } from "./language.ts";
import { isCommentary, isPreamble, isRefusal } from "./plain_text.ts";

/** Fewest words of a passage. */
const LEAST_WORDS = 5;
/** Share of 5-word runs that makes an item a copy. */
const COPY = 0.8;
const RUN = 5;

/** What a guard looks at: one item, the subject it was written for, and the items before it. */
export interface Checked {
  readonly item: Item;
  readonly subject: Subject;
  readonly before: readonly Item[];
}

/** A guard says why an item is no use, or nothing. */
export type Guard = (checked: Checked) => string | undefined;

const PLACEHOLDER = /^(?:[.…\s]*|n\/?a|none|null|string|text|todo|tbd|<[^>]*>|\[[^\]]*\])$/i;
const GIVEN_AWAY =
  /\b(?:this|the) (?:document|passage|text|article) (?:does not|doesn(?:'|’)t|never) (?:directly )?(?:answer|address|mention|contain|provide)\b|\bhard[- ]negative (?:document|passage)s?\b|\bpositive document\b|\buser query\b/i;

/** Guards of passages by name, in the order they are asked; the first that speaks drops the item. */
export const PASSAGE_GUARDS: Readonly<Record<string, Guard>> = {
  empty: ({ item: { text } }) => PLACEHOLDER.test(text) ? "no text" : undefined,
  preamble: ({ item: { text } }) => isPreamble(text) ? "introduces passages and is none" : undefined,
  refusal: ({ item: { text } }) => isRefusal(text) ? "refuses" : undefined,
  commentary: ({ item: { text } }) => isCommentary(text) ? "talks about the answer" : undefined,
  short: ({ item: { text } }) => {
    const count = words(text).length;
    return count < LEAST_WORDS ? `${count} words, wanted at least ${LEAST_WORDS}` : undefined;
  },
  language: ({ item, subject }) => foreign(item.text, subject.positive.text),
  query: ({ item, subject }) => same(item.text, subject.query) ? "is the query" : undefined,
  copy: ({ item, subject }) => {
    const share = copied(item.text, subject.positive.text);
    return share >= COPY ? `${Math.floor(100 * share)} % of its ${RUN}-word runs are the positive's` : undefined;
  },
  repeat: ({ item, before }) => {
    const index = before.findIndex((other) => copied(item.text, other.text) >= COPY);
    return index < 0 ? undefined : `says what item ${index + 1} says`;
  },
  "gives itself away": ({ item: { text } }) => GIVEN_AWAY.exec(text)?.[0],
  "cut off": ({ item, subject }) => ended(subject.positive.text) && !ended(item.text) ? "ends within a sentence" : undefined,
};

/** Guards of written queries. */
export const QUERY_GUARDS: Readonly<Record<string, Guard>> = {
  empty: PASSAGE_GUARDS.empty,
  preamble: PASSAGE_GUARDS.preamble,
  refusal: PASSAGE_GUARDS.refusal,
  language: PASSAGE_GUARDS.language,
  copy: ({ item, subject }) =>
    words(item.text).length > 2 * RUN && copied(item.text, subject.positive.text) >= COPY ? "a piece of the document" : undefined,
  repeat: ({ item, before }) => before.some((other) => same(other.text, item.text)) ? "asked before" : undefined,
};

/** The first complaint of `guards`, as "guard: what it found". */
export function complaint(guards: Readonly<Record<string, Guard>>, checked: Checked): string | undefined {
  for (const [name, guard] of Object.entries(guards)) {
    const found = guard(checked);
    if (found !== undefined) return `${name}: ${found}`;
  }
  return undefined;
}

/** Share of `text`'s runs of five words that `source` holds; 1 for the same words however short. */
export function copied(text: string, source: string): number {
  if (same(text, source)) return 1;
  const own = runs(words(text));
  if (own.length === 0) return 0;
  const known = new Set(runs(words(source)));
  return own.filter((run) => known.has(run)).length / own.length;
}

function runs(list: readonly string[]): string[] {
  return Array.from({ length: Math.max(0, list.length - RUN + 1) }, (_, i) => list.slice(i, i + RUN).join(" "));
}

function words(text: string): string[] {
  return text.toLowerCase().normalize("NFKC").match(/[\p{L}\p{N}]+/gu) ?? [];
}

function same(a: string, b: string): boolean {
  const list = words(a).join(" ");
  return list !== "" && list === words(b).join(" ");
}

function ended(text: string): boolean {
  return /[.!?…:;。！？]["'”’»)\]*_]*\s*$/u.test(text);
}

