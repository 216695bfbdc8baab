import { type Loose, looseJson } from "./loose_json.ts";
import { type Mark, marks } from "./marks.ts";

/** The answer of a reply, apart from its thoughts. */
export interface Spoken {
  /** The reply without thoughts and marks. */
  readonly text: string;
  /** The JSON values in it, in order. */
  readonly values: readonly Loose[];
  /** Index after the last character that is not white space, in the text that holds `values`. */
  readonly end: number;
  /** Whether the reply ends within a thought. */
  readonly thinking: boolean;
  /** Whether the reply has thoughts. */
  readonly thought: boolean;
}

/** Maximum characters read as JSON per character of a reply, so that unclosed brackets take linear time. */
const EFFORT = 8;
/** Characters of any reply that may be read as JSON. */
const LEAST_EFFORT = 100_000;

/**
 * Separates the thoughts of a reply from its answer. A closing mark without an opening one ends a thought that began at
 * the start of the reply. Drafts within thoughts do not count, nor do marks within a text of a JSON value or marks that a
 * sentence mentions.
 */
export function spoken(text: string): Spoken {
  const whole = wholeJson(text);
  if (whole) return whole;
  const all = marks(text);
  const pieces: string[] = [];
  const values: Loose[] = [];
  let effort = Math.max(LEAST_EFFORT, EFFORT * text.length);
  let [at, from, next] = [0, 0, 0];
  let [thought, thinking, answering] = [false, false, false];
  const keep = (to: number) => {
    if (!thinking && to > from) pieces.push(text.slice(from, to));
  };
  while (true) {
    while (next < all.length && all[next].start < at) next++;
    const mark: Mark | undefined = all[next];
    const bracket = thinking || effort <= 0 ? -1 : bracketIn(text, at, mark?.start ?? text.length);
    if (bracket >= 0) {
      const found = looseJson(text, bracket)!;
      effort -= 1 + found.end - bracket;
      const broken = all.slice(next, next + 50).find(({ kind, start }) => start < found.end && ENDS.has(kind));
      if (broken && !strict(text.slice(bracket, found.end))) at = broken.start;
      else {
        if (found.value !== undefined) values.push(found);
        at = found.value === undefined ? bracket + 1 : Math.max(found.end, bracket + 1);
      }
      continue;
    }
    if (!mark) break;
    keep(mark.start);
    if (mark.kind === "turn") {
      // After its own turn, a model plays another role.
      from = text.length;
      break;
    }
    if (mark.kind === "think") thinking = thought = true;
    else if (ENDS.has(mark.kind)) {
      const answers = mark.kind === "answer";
      thought ||= !answers;
      if (!thinking && !answering) {
        // Without an opening mark, all text before this is thought.
        pieces.length = 0;
        values.length = 0;
      }
      thinking = false;
      answering ||= answers;
    } else if (mark.kind === "end of answer") pieces.push("\n\n");
    at = from = mark.end;
  }
  keep(text.length);
  return { text: pieces.join("").trim(), values, end: text.trimEnd().length, thinking, thought };
}

/** The usual case: the whole reply is one JSON value, or a JSON string that holds one. */
function wholeJson(text: string): Spoken | undefined {
  const reply = text.trim();
  if (!/^[{["]/.test(reply)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(reply);
  } catch {
    return undefined;
  }
  if (typeof value === "string") return spoken(value);
  const found = { value: value as object, start: 0, end: reply.length, complete: true, cut: new WeakSet<object>() };
  return { text: reply, values: [found], end: reply.length, thinking: false, thought: false };
}

const ENDS: ReadonlySet<Mark["kind"]> = new Set(["end of thought", "answer"]);

function bracketIn(text: string, from: number, to: number): number {
  for (let at = from; at < to; at++) if (text[at] === "{" || text[at] === "[") return at;
  return -1;
}

function strict(text: string): boolean {
  try {
    return JSON.parse(text) !== undefined;
  } catch {
    return false;
  }
}
