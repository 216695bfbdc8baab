import type { Item } from "../recipe.ts";

/** Characters that no text holds: all controls but tab and line breaks, non-characters, the mark of a lost character. */
const LOST = /(?![\t\n\r])\p{Cc}|[\ufdd0-\ufdef\ufffd-\uffff]/u;
/** Marks of the end of a model's turn, glued to the end of a text. */
const TURN_END =
  /(?:(?<![\p{L}\p{N}]\s)\s*(?:<[|｜](?:im_end|end|return|call|eot_id|eom_id|end_of_text|endoftext|end_of_turn|eos|eot|end▁of▁sentence)[|｜]>|<\/s>|<eos>|<end_of_turn>))+\s*$/u;
/** Characters at the end of a text in which such marks are looked for. */
const TAIL = 120;
/** Characters of a passage that is long whatever the positive is, and how many times the positive's length. */
const LONG = 10_000;
const TIMES = 10;
const LONG_TITLE = 1000;
/** Runs of words from which a text that repeats itself can be told. */
const LEAST_RUNS = 40;

/** What is wrong with an item's characters or size, whatever it says; nothing if all is well. */
export function damage({ title, text }: Item, positive: string): string | undefined {
  // A passage about a text of broken characters may repeat them.
  const spoilt = LOST.test(positive);
  for (const [field, value] of [["text", text], ["title", title]] as const) {
    if (!value.isWellFormed()) return `damaged: half a surrogate pair in the ${field}`;
    const lost = LOST.exec(value)?.[0];
    if (lost && !spoilt) return `damaged: character ${code(lost)} in the ${field}`;
  }
  const most = Math.max(LONG, TIMES * positive.length);
  if (text.length > most) return `long: ${text.length} characters, wanted at most ${most}`;
  if (title.length > LONG_TITLE) return `long: a title of ${title.length} characters, wanted at most ${LONG_TITLE}`;
  return undefined;
}

/** Whether a text goes round in circles. */
export function loops({ runs }: { readonly runs: readonly number[] }): boolean {
  return runs.length >= LEAST_RUNS && new Set(runs).size < runs.length / 2;
}

/** The item with texts that every table and file can hold, and without the marks of a turn's end. */
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
