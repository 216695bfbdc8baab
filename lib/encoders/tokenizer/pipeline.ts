import { AddedTokens, addedTokens } from "./added_tokens.ts";
import { type Json, list, object } from "./json.ts";
import type { Model } from "./model.ts";
import { readModel } from "./read_model.ts";
import { type Normalizer, readNormalizer } from "./normalizer.ts";
import { type Marks, readMarks } from "./post_processor.ts";
import { type PreTokenizer, readPreTokenizer } from "./pre_tokenizer.ts";

/** Limits of the cache of ids: characters of all its words, and of one word. */
const MEMORY = 4_000_000;
const LONGEST_KNOWN = 100;

/**
 * Runs a `tokenizer.json`: added tokens, normalizer, pre-tokenizer, model. Each step equals that of the Rust library
 * `tokenizers`.
 */
export class Pipeline {
  /** Ids of special tokens around every text. */
  readonly marks: Marks;
  /** The post-processor, from which pairs of texts are read. */
  readonly postProcessor: Json | undefined;
  /** Ids by token, added ones included. */
  readonly vocabulary: ReadonlyMap<string, number>;
  /** One more than the largest id of the model's own tokens. */
  readonly modelSize: number;
  readonly #normalize: Normalizer;
  readonly #preTokenize: PreTokenizer;
  readonly #model: Model;
  readonly #raw: AddedTokens;
  readonly #normalized: AddedTokens;
  readonly #known = new Map<string, readonly number[]>();
  #remembered = 0;

  /**
   * @param splitSpecial Whether special tokens inside texts are split like any other word.
   * @throws {Error} if a step or setting is unsupported.
   */
  constructor(json: unknown, { splitSpecial = false }: { splitSpecial?: boolean } = {}) {
    const part = object(json, "the file");
    this.#normalize = readNormalizer(optional(part, "normalizer"));
    this.#preTokenize = readPreTokenizer(optional(part, "pre_tokenizer"));
    this.#model = readModel(part.model);
    this.postProcessor = optional(part, "post_processor");
    this.marks = readMarks(this.postProcessor);
    const added = addedTokens(part.added_tokens ? list(part, "added_tokens") : [], this.#model.vocabulary);
    let size = 0;
    for (const id of this.#model.vocabulary.values()) size = Math.max(size, id + 1);
    this.modelSize = size;
    const vocabulary = new Map(this.#model.vocabulary);
    for (const token of added) vocabulary.set(token.content, token.id);
    this.vocabulary = vocabulary;
    const sought = added.filter((token) => !(splitSpecial && token.special));
    this.#raw = new AddedTokens(
      sought.filter((token) => !token.normalized).map((token) => [token.content, token] as const),
    );
    this.#normalized = new AddedTokens(
      sought.filter((token) => token.normalized).map((token) => [this.#normalize(token.content), token] as const),
    );
  }

  /** Ids of a text without special tokens; for a long text, at least the first `limit`. */
  encode(text: string, limit = Infinity): number[] {
    const ids: number[] = [];
    for (const part of this.#raw.split(text)) {
      if (ids.length >= limit) break;
      if ("token" in part) ids.push(part.token.id);
      else this.#words(part.text, { first: part.begin === 0, limit, ids });
    }
    return ids;
  }

  #words(text: string, { first, limit, ids }: { first: boolean; limit: number; ids: number[] }): void {
    const normalized = this.#normalize(text);
    // If normalization drops the first character, the first word is not at the beginning of the text.
    const kept = first && this.#normalize(String.fromCodePoint(text.codePointAt(0)!) + "a") !== this.#normalize("a");
    for (const part of this.#normalized.split(normalized)) {
      if ("token" in part) {
        ids.push(part.token.id);
        continue;
      }
      for (const piece of this.#preTokenize({ text: part.text, first: kept && part.begin === 0 })) {
        if (ids.length >= limit) return;
        for (const id of this.#idsOf(piece.text)) ids.push(id);
      }
    }
  }

  #idsOf(word: string): readonly number[] {
    const known = this.#known.get(word);
    if (known) return known;
    const ids = this.#model.tokenize(word);
    if (word.length > LONGEST_KNOWN) return ids;
    if (this.#remembered > MEMORY) {
      this.#known.clear();
      this.#remembered = 0;
    }
    this.#known.set(word, ids);
    this.#remembered += word.length + ids.length;
    return ids;
  }
}

function optional(part: Json, field: string): Json | undefined {
  const value = part[field] ?? undefined;
  return value === undefined ? undefined : object(value, field);
}
