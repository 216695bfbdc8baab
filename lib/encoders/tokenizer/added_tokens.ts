import { type Json, text as textOf } from "./json.ts";
import { CLASSES } from "./unicode.ts";

/** A token that is matched before texts are split into words. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  /** Matches only if no letter or digit touches it. */
  readonly single_word: boolean;
  /** Includes the white space on its left, or on its right. */
  readonly lstrip: boolean;
  readonly rstrip: boolean;
  /** Whether to match it in the normalized text. */
  readonly normalized: boolean;
  readonly special: boolean;
}

/** A part of a text: a token, or the text between two tokens. */
export type Found = { readonly token: AddedToken } | { readonly text: string; readonly begin: number };

const WORD_BEGIN = new RegExp(`^${CLASSES.word}`, "v");
const WORD_END = new RegExp(`${CLASSES.word}$`, "v");
const SPACE = new RegExp(`^${CLASSES.space}$`, "v");

/** Finds added tokens in texts, the longest at each position. */
export class AddedTokens {
  readonly #tokens = new Map<string, AddedToken>();
  /** Lengths of the tokens that begin with a code unit, longest first. */
  readonly #lengths = new Map<number, number[]>();
  /** Positions at which a token can begin. */
  readonly #begins?: RegExp;

  /** Of two tokens with the same text, the first wins. */
  constructor(tokens: Iterable<readonly [text: string, token: AddedToken]>) {
    const lengths = new Map<number, Set<number>>();
    for (const [text, token] of tokens) {
      if (text === "") throw new Error(`added token ${JSON.stringify(token.content)} vanishes when it is normalized`);
      if (!this.#tokens.has(text)) this.#tokens.set(text, token);
      const unit = text.charCodeAt(0);
      const known = lengths.get(unit) ?? new Set();
      lengths.set(unit, known.add(text.length));
    }
    if (lengths.size === 0) return;
    for (const [unit, known] of lengths) this.#lengths.set(unit, [...known].sort((a, b) => b - a));
    const units = [...lengths.keys()].map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`);
    // Without the flag for whole characters, because a token may be a single code unit.
    this.#begins = new RegExp(`[${units.join("")}]`, "g");
  }

  /** The parts of a text, without empty ones. */
  split(text: string): readonly Found[] {
    if (!this.#begins || text === "") return text === "" ? [] : [{ text, begin: 0 }];
    const parts: Found[] = [];
    let done = 0;
    for (let at = this.#find(text, 0); at >= 0;) {
      const token = this.#at(text, at)!;
      const bounds = this.#bounds(text, at, token);
      if (bounds) {
        // The previous token may have included this white space.
        const [begin, end] = token.token.lstrip ? [Math.max(bounds[0], done), bounds[1]] : bounds;
        if (begin > done) parts.push({ text: text.slice(done, begin), begin: done });
        if (begin < end) parts.push({ token: token.token });
        done = end;
      }
      at = this.#find(text, at + token.length);
    }
    if (done < text.length) parts.push({ text: text.slice(done), begin: done });
    return parts;
  }

  /** The next position at which a token can begin. */
  #find(text: string, from: number): number {
    const begins = this.#begins!;
    begins.lastIndex = from;
    for (let found = begins.exec(text); found; found = begins.exec(text)) {
      if (this.#at(text, found.index)) return found.index;
      begins.lastIndex = found.index + 1;
    }
    return -1;
  }

  #at(text: string, at: number): { token: AddedToken; length: number } | undefined {
    for (const length of this.#lengths.get(text.charCodeAt(at)) ?? []) {
      const token = at + length <= text.length ? this.#tokens.get(text.slice(at, at + length)) : undefined;
      if (token) return { token, length };
    }
    return undefined;
  }

  /** Begin and end of a token with its white space; undefined if it cannot match here. */
  #bounds(
    text: string,
    at: number,
    { token, length }: { token: AddedToken; length: number },
  ): [number, number] | undefined {
    let [begin, end] = [at, at + length];
    if (token.single_word) {
      const before = text.slice(Math.max(0, begin - 2), begin);
      if (WORD_END.test(before.toWellFormed()) || WORD_BEGIN.test(text.slice(end, end + 2))) return undefined;
    }
    if (token.lstrip) { while (begin > 0 && SPACE.test(text[begin - 1])) begin--; }
    if (token.rstrip) { while (end < text.length && SPACE.test(text[end])) end++; }
    return [begin, end];
  }
}

/** Added tokens with ids: the model's if it has them, else the next free one, regardless of the file. */
export function addedTokens(listed: readonly Json[], vocabulary: ReadonlyMap<string, number>): AddedToken[] {
  const tokens = new Map<string, AddedToken>();
  let next = vocabulary.size;
  for (const each of listed) {
    const content = textOf(each, "content");
    if (content === "") continue;
    const id = vocabulary.get(content) ?? tokens.get(content)?.id ?? next;
    const special = each.special === true;
    tokens.set(content, {
      id,
      content,
      single_word: each.single_word === true,
      lstrip: each.lstrip === true,
      rstrip: each.rstrip === true,
      normalized: typeof each.normalized === "boolean" ? each.normalized : !special,
      special,
    });
    next = Math.max(next, id + 1);
  }
  return [...tokens.values()];
}
