import type { Json } from "./json.ts";
import type { Model } from "./model.ts";
import { byteIds } from "./byte_ids.ts";
import { MOST_IDS, vocabularyOf } from "./vocabulary_of.ts";

/** Byte-pair encoding: merges pairs in the order in which they were learned, leftmost first. */
export function bpe(part: Json): Model {
  if (typeof part.dropout === "number" && part.dropout > 0) throw new Error(`dropout ${part.dropout} is not supported`);
  const vocabulary = vocabularyOf(part);
  const prefix = typeof part.continuing_subword_prefix === "string" ? part.continuing_subword_prefix : "";
  const merges = readMerges(part, vocabulary, prefix);
  const bytes = part.byte_fallback === true ? byteIds(vocabulary) : undefined;
  const begin = (word: string) => symbols(word, { part, vocabulary, prefix, bytes });
  return {
    vocabulary,
    tokenize(word) {
      const whole = part.ignore_merges === true ? vocabulary.get(word) : undefined;
      return whole === undefined ? merged(begin(word), merges) : [whole];
    },
  };
}

interface Merge {
  readonly rank: number;
  readonly id: number;
}

function readMerges(part: Json, vocabulary: ReadonlyMap<string, number>, prefix: string): Map<number, Merge> {
  if (!Array.isArray(part.merges)) throw new Error("merges must be a list");
  const merges = new Map<number, Merge>();
  part.merges.forEach((merge: unknown, rank) => {
    const pair = typeof merge === "string" ? merge.split(" ") : merge;
    const ids = Array.isArray(pair) && pair.length === 2
      ? [pair[0], pair[1], String(pair[0]) + String(pair[1]).slice(prefix.length)].map((each) => vocabulary.get(each))
      : [];
    const [left, right, id] = ids;
    if (left === undefined || right === undefined || id === undefined) {
      throw new Error(`merge ${rank}, ${JSON.stringify(merge)}, must be two tokens that form a third`);
    }
    merges.set(left * MOST_IDS + right, { rank, id });
  });
  return merges;
}

interface Begin {
  readonly part: Json;
  readonly vocabulary: ReadonlyMap<string, number>;
  readonly prefix: string;
  readonly bytes?: (text: string) => readonly number[] | undefined;
}

/** Ids of a word's characters. */
function symbols(word: string, { part, vocabulary, prefix, bytes }: Begin): number[] {
  const suffix = typeof part.end_of_word_suffix === "string" ? part.end_of_word_suffix : "";
  const ids: number[] = [];
  // An unknown character waits, so that following ones can be fused with it.
  let waiting: number | undefined;
  const settle = () => {
    if (waiting !== undefined) ids.push(waiting);
    waiting = undefined;
  };
  let at = 0;
  for (const character of word) {
    const marked = (at === 0 ? character : prefix + character) + (at + character.length === word.length ? suffix : "");
    at += character.length;
    const id = vocabulary.get(marked);
    const fallback = id === undefined ? bytes?.(marked) : undefined;
    if (id !== undefined) {
      settle();
      ids.push(id);
    } else if (fallback) ids.push(...fallback);
    else if (typeof part.unk_token === "string") {
      const unknown = vocabulary.get(part.unk_token);
      if (unknown === undefined) throw new Error(`the vocabulary lacks unk_token ${JSON.stringify(part.unk_token)}`);
      if (part.fuse_unk !== true) settle();
      waiting = unknown;
    }
  }
  settle();
  return ids;
}

/** Merges pairs, lowest rank first, with a heap over a linked list. */
function merged(ids: number[], merges: ReadonlyMap<number, Merge>): number[] {
  const length = ids.length;
  const next = Int32Array.from({ length }, (_, i) => i + 1);
  const before = Int32Array.from({ length }, (_, i) => i - 1);
  const heap = new PairHeap();
  const offer = (at: number) => {
    const right = at < 0 ? length : next[at];
    if (right >= length) return;
    const merge = merges.get(ids[at] * MOST_IDS + ids[right]);
    if (merge) heap.push(merge.rank, at, merge.id);
  };
  for (let i = 0; i + 1 < length; i++) offer(i);
  for (let top = heap.pop(); top; top = heap.pop()) {
    const right = ids[top.at] < 0 ? length : next[top.at];
    // One of the pair may have been merged with another symbol since.
    if (right >= length || merges.get(ids[top.at] * MOST_IDS + ids[right])?.id !== top.id) continue;
    ids[top.at] = top.id;
    ids[right] = -1;
    next[top.at] = next[right];
    if (next[right] < length) before[next[right]] = top.at;
    offer(before[top.at]);
    offer(top.at);
  }
  return ids.filter((id) => id >= 0);
}

/** Pairs by rank, then by position. */
class PairHeap {
  readonly #items: { rank: number; at: number; id: number }[] = [];

  push(rank: number, at: number, id: number): void {
    const items = this.#items;
    let place = items.length;
    const item = { rank, at, id };
    for (; place > 0; place = (place - 1) >> 1) {
      const parent = items[(place - 1) >> 1];
      if (parent.rank < rank || (parent.rank === rank && parent.at <= at)) break;
      items[place] = parent;
    }
    items[place] = item;
  }

  pop(): { rank: number; at: number; id: number } | undefined {
    const items = this.#items;
    const top = items[0];
    const last = items.pop();
    if (items.length === 0 || last === undefined) return top;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= items.length) break;
      const other = items[child + 1];
      if (
        other && (other.rank < items[child].rank || (other.rank === items[child].rank && other.at < items[child].at))
      ) {
        child++;
      }
      const lower = items[child];
      if (last.rank < lower.rank || (last.rank === lower.rank && last.at <= lower.at)) break;
      items[place] = lower;
      place = child;
    }
    items[place] = last;
    return top;
  }
}
