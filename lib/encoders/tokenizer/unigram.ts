import { byteIds } from "./byte_ids.ts";
import type { Json } from "./json.ts";
import type { Model } from "./model.ts";

/** Subtracted from the lowest score for an unknown character. */
const PENALTY = 10;

/** Key of a trie node and a code unit. */
const UNITS = 2 ** 16;

/** Unigram: splits a text into the tokens with the largest sum of scores. */
export function unigram(part: Json): Model {
  const { tokens, scores } = readTokens(part);
  const vocabulary = new Map(tokens.map((token, id) => [token, id]));
  const unknown = typeof part.unk_id === "number" ? part.unk_id : undefined;
  if (unknown !== undefined && !(unknown >= 0 && unknown < tokens.length)) {
    throw new Error(`unk_id ${unknown} is outside the vocabulary of ${tokens.length}`);
  }
  const bytes = part.byte_fallback === true ? byteIds(vocabulary) : undefined;
  const lattice = new Lattice(vocabulary, scores, unknown);
  const idOfUnknown = () => {
    if (unknown === undefined) throw new Error("a text contains an unknown character, and unk_id is not set");
    return unknown;
  };
  return {
    vocabulary,
    tokenize: (text) => lattice.best(text).flatMap((piece) => vocabulary.get(piece) ?? bytes?.(piece) ?? idOfUnknown()),
  };
}

function readTokens({ vocab }: Json): { tokens: string[]; scores: Float64Array } {
  if (!Array.isArray(vocab)) throw new Error("vocab must be a list of tokens with scores");
  const scores = new Float64Array(vocab.length);
  const tokens = vocab.map((entry, id) => {
    if (!(Array.isArray(entry) && typeof entry[0] === "string" && typeof entry[1] === "number")) {
      throw new Error(`token ${id} must be a string with a score, found ${JSON.stringify(entry)}`);
    }
    scores[id] = entry[1];
    return entry[0];
  });
  return { tokens, scores };
}

class Lattice {
  readonly #scores: Float64Array;
  readonly #unknown?: number;
  readonly #unknownScore: number;
  /** Next node by node and code unit. */
  readonly #next = new Map<number, number>();
  /** The token that ends at a node, or -1. */
  readonly #token: number[] = [-1];

  constructor(vocabulary: ReadonlyMap<string, number>, scores: Float64Array, unknown?: number) {
    this.#scores = scores;
    this.#unknown = unknown;
    this.#unknownScore = scores.reduce((least, score) => Math.min(least, score), Infinity) - PENALTY;
    for (const [token, id] of vocabulary) {
      let node = 0;
      for (let i = 0; i < token.length; i++) {
        const key = node * UNITS + token.charCodeAt(i);
        let next = this.#next.get(key);
        if (next === undefined) {
          next = this.#token.push(-1) - 1;
          this.#next.set(key, next);
        }
        node = next;
      }
      this.#token[node] = id;
    }
  }

  /** The pieces of a text; adjacent unknown characters are one piece. */
  best(text: string): string[] {
    const size = text.length;
    const score = new Float64Array(size + 1);
    const from = new Int32Array(size + 1).fill(-1);
    const ids = new Int32Array(size + 1);
    for (let begin = 0; begin < size;) {
      const character = text.codePointAt(begin)! > 0xffff ? 2 : 1;
      let single = false;
      let node: number | undefined = 0;
      for (let end = begin; end < size;) {
        node = this.#next.get(node * UNITS + text.charCodeAt(end++));
        if (node === undefined) break;
        const id = this.#token[node];
        if (id < 0) continue;
        const sum = this.#scores[id] + score[begin];
        if (from[end] < 0 || sum > score[end]) [score[end], from[end], ids[end]] = [sum, begin, id];
        if (end - begin === character) single = true;
      }
      const end = begin + character;
      if (!single) {
        const sum = this.#unknownScore + score[begin];
        if (from[end] < 0 || sum > score[end]) [score[end], from[end], ids[end]] = [sum, begin, this.#unknown ?? -1];
      }
      begin = end;
    }
    return this.#pieces(text, from, ids);
  }

  #pieces(text: string, from: Int32Array, ids: Int32Array): string[] {
    const pieces: string[] = [];
    for (let end = text.length; end > 0;) {
      let begin = from[end];
      if (ids[end] === this.#unknown) { while (begin > 0 && ids[begin] === this.#unknown) begin = from[begin]; }
      pieces.push(text.slice(begin, end));
      end = begin;
    }
    return pieces.reverse();
  }
}
