import { thinksAloud } from "./aloud.ts";
import { loops } from "./damage.ts";
import { foreign } from "./language.ts";
import { isCommentary, isPreamble } from "./plain_text.ts";
import { copied, type Fingerprint, RUN, same } from "./fingerprint.ts";
import { isRefusal } from "./refusal.ts";
import { endsWithin } from "./sentences.ts";

/** Minimum words of a passage. */
const LEAST_WORDS = 5;
/** Minimum share of five-word runs that makes an item a copy. */
const COPY = 0.8;

/** What a guard checks: an item, the query and positive it is written for, and the items before it. */
export interface Checked {
  readonly item: Fingerprint;
  readonly query: Fingerprint;
  readonly positive: Fingerprint;
  readonly before: readonly Fingerprint[];
  /** Whether the item comes from plain text, which mixes passages with thoughts and comments. */
  readonly plain?: boolean;
}

/** Returns why an item is of no use, or undefined. */
export type Guard = (checked: Checked) => string | undefined;

const PLACEHOLDER = /^(?:[^\p{L}\p{N}]*|n\/?a|none|null|string|text|todo|tbd|无|無|なし|없음|<[^>]*>|\[[^\]]*\])$/iu;
const GIVEN_AWAY =
  /\b(?:this|the) (?:document|passage|text|article) (?:does not|doesn(?:'|’)t|never) (?:directly )?(?:answer|address|mention|contain|provide)\b|\bhard[- ]negative (?:document|passage)s?\b|\bpositive document\b|\buser query\b/i;

/** Guards of passages by name, in order; the first that objects drops the item. */
export const PASSAGE_GUARDS: Readonly<Record<string, Guard>> = {
  empty: ({ item: { text } }) => PLACEHOLDER.test(text) ? "no text" : undefined,
  preamble: ({ item: { text } }) => isPreamble(text) ? "only introduces passages" : undefined,
  refusal: ({ item: { text } }) => isRefusal(text) ? "refuses" : undefined,
  thinking: ({ item: { text }, plain }) => plain && thinksAloud(text) ? "thinks aloud" : undefined,
  commentary: ({ item: { text } }) => isCommentary(text) ? "talks about the answer" : undefined,
  short: ({ item: { words } }) =>
    words.length < LEAST_WORDS ? `${words.length} words, fewer than ${LEAST_WORDS}` : undefined,
  language: ({ item, positive }) => foreign(item, positive),
  query: ({ item, query }) => same(item, query) ? "is the query" : undefined,
  copy: ({ item, positive }) => {
    const share = copied(item, positive);
    return share >= COPY ? `${Math.floor(100 * share)} % of its ${RUN}-word runs are the positive's` : undefined;
  },
  loop: ({ item }) => loops(item) ? "repeats itself" : undefined,
  repeat: ({ item, before }) => {
    const index = before.findIndex((other) => copied(item, other) >= COPY);
    return index < 0 ? undefined : `repeats item ${index + 1}`;
  },
  "gives itself away": ({ item: { text } }) => GIVEN_AWAY.exec(text)?.[0],
  "cut off": ({ item: { text }, positive }) => endsWithin(text, positive.text) ? "ends mid-sentence" : undefined,
};

/** Guards of queries. */
export const QUERY_GUARDS: Readonly<Record<string, Guard>> = {
  empty: PASSAGE_GUARDS.empty,
  thinking: PASSAGE_GUARDS.thinking,
  preamble: PASSAGE_GUARDS.preamble,
  refusal: PASSAGE_GUARDS.refusal,
  language: PASSAGE_GUARDS.language,
  copy: ({ item, positive }) =>
    item.words.length > 2 * RUN && copied(item, positive) >= COPY ? "copied from the document" : undefined,
  repeat: ({ item, before }) => before.some((other) => same(other, item)) ? "repeats an earlier query" : undefined,
};

/** The first objection of `guards`, as "guard: what it found". */
export function objection(guards: Readonly<Record<string, Guard>>, checked: Checked): string | undefined {
  for (const [name, guard] of Object.entries(guards)) {
    const found = guard(checked);
    if (found !== undefined) return `${name}: ${found}`;
  }
  return undefined;
}
