import type { Item } from "../recipe.ts";

/** Characters that no text contains: controls other than tab and line breaks, noncharacters, the replacement character. */
const LOST = /(?![\t\n\r])\p{Cc}|[\ufdd0-\ufdef\ufffd-\uffff]/u;
/** End-of-turn tokens at the end of a text. */
const TURN_END =
  /(?:(?<![\p{L}\p{N}]\s)\s*(?:<[|｜](?:im_end|end|return|call|eot_id|eom_id|end_of_text|endoftext|end_of_turn|eos|eot|end▁of▁sentence)[|｜]>|<\/s>|<eos>|<end_of_turn>))+\s*$/u;
/** Characters at the end of a text that are searched for such tokens. */
const TAIL = 120;
/** A passage is too long beyond both this many characters and this multiple of the positive's length. */
const LONG = 10_000;
const TIMES = 10;
const LONG_TITLE = 1000;
/** Minimum runs of words to recognize a text that repeats itself. */
const LEAST_RUNS = 40;

/** What is wrong with an item's characters or size; undefined if nothing is. */
export function damage({ title, text }: Item, positive: string): string | undefined {
  // A passage about a positive with broken characters may repeat them.
  const broken = LOST.test(positive);
  for (const [field, value] of [["text", text], ["title", title]] as const) {
    if (!value.isWellFormed()) return `damaged: a lone surrogate in the ${field}`;
    const lost = LOST.exec(value)?.[0];
    if (lost && !broken) return `damaged: character ${code(lost)} in the ${field}`;
  }
  const most = Math.max(LONG, TIMES * positive.length);
  if (text.length > most) return `long: ${text.length} characters, more than ${most}`;
  if (title.length > LONG_TITLE) return `long: a title of ${title.length} characters, more than ${LONG_TITLE}`;
  return undefined;
}

/** Whether at least half of a text repeats. */
export function loops({ runs }: { readonly runs: readonly number[] }): boolean {
  return runs.length >= LEAST_RUNS && new Set(runs).size < runs.length / 2;
}

/** The item with well-formed texts, which every table and file can hold, and without end-of-turn tokens. */
export function clean(item: Item): Item {
  const { attributes } = item;
  return {
    ...item,
    title: item.title.toWellFormed(),
    text: (item.text.slice(0, -TAIL) + item.text.slice(-TAIL).replace(TURN_END, "")).toWellFormed(),
    ...(item.reason === undefined ? {} : { reason: item.reason.toWellFormed() }),
    ...(attributes && {
      attributes: Object.fromEntries(
        Object.entries(attributes).map((
          [name, value],
        ) => [name, typeof value === "string" ? value.toWellFormed() : value]),
      ),
    }),
  };
}

function code(character: string): string {
  return "U+" + character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
}
