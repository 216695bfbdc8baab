import { KitError } from "../core/errors.ts";
import { sha256 } from "../core/hash.ts";
import type { Json } from "./tokenizer/json.ts";
import { encodePair, type TokenPair } from "./tokenizer/encode_pair.ts";
import { type PairPlace, readPairMarks } from "./tokenizer/pair_marks.ts";
import { Pipeline } from "./tokenizer/pipeline.ts";
import { asTransformers } from "./tokenizer/as_transformers.ts";
import { readTokenizerFile, readTokenizerSettings } from "./tokenizer/read_files.ts";

/**
 * Options of a {@link Tokenizer}.
 *
 * @category Encoders
 */
export interface TokenizerOptions {
  /** Most tokens of a text, special ones included. Omit for no limit. */
  maxLength?: number;
  /**
   * Whether to add the special tokens of tokenizer.json.
   *
   * @default {true}
   */
  special?: boolean;
  /**
   * Whether to lowercase texts first (sentence-transformers' `do_lower_case`).
   *
   * @default {false}
   */
  lowerCase?: boolean;
  /** Rows of the model's table: a text with a larger id is refused. Omit for no limit. */
  rows?: number;
  /** File to name in errors. */
  file?: string;
}

/** Options of {@link Tokenizer.load}. */
export interface TokenizerLoadOptions extends TokenizerOptions {
  /**
   * config.json of the model. With it, the tokenizer is the one that transformers builds from the folder: some classes take
   * their steps from tokenizer_config.json. Omit it to use tokenizer.json as is, as static encoders do.
   */
  model?: Json;
}

/** Characters of texts with cached ids. */
const MEMORY = 16_000_000;

/** Increased when the same files give other ids, so that older cached vectors are not used. */
const VERSION = 2;

/**
 * Turns texts into token ids by a Hugging Face `tokenizer.json`, as the Rust library `tokenizers` does. Long texts lose
 * their end, never their special tokens. Lone surrogates count as U+FFFD. An empty text has only special tokens.
 * @category Encoders
 */
export class Tokenizer {
  /** Most tokens of a text, special ones included. */
  readonly maxLength: number;
  /** One more than the largest id. */
  readonly size: number;
  /** One more than the largest id of the model's own tokens, without added ones. */
  readonly modelSize: number;
  /** sha256 of tokenizer.json and all other settings that determine the ids. */
  readonly fingerprint: string;
  /** The effective tokenizer.json, as text. */
  readonly json: string;
  /** tokenizer_config.json, as text. */
  readonly configJson: string;
  /** Whether texts are lowercased first. */
  readonly lowerCase: boolean;
  readonly #pipeline: Pipeline;
  readonly #tokens: readonly (string | undefined)[];
  readonly #rows: number;
  /** Ids of texts, because training reads the same texts repeatedly. */
  readonly #known = new Map<string, Int32Array>();
  #remembered = 0;
  #pair?: readonly PairPlace[];
  readonly #before: readonly number[];
  readonly #after: readonly number[];

  /**
   * Builds a tokenizer from the contents of its files.
   *
   * @throws {KitError} if the files are not a tokenizer, name an unsupported step, or lack special tokens while `special`
   *   is set.
   */
  constructor(json: string, configJson: string, options: TokenizerOptions = {}) {
    const { maxLength = Infinity, special = true, lowerCase = false, rows = Infinity, file } = options;
    this.json = json;
    this.configJson = configJson;
    this.maxLength = maxLength;
    this.lowerCase = lowerCase;
    this.#rows = rows;
    try {
      const parsed = JSON.parse(json);
      const splitSpecial = JSON.parse(configJson).split_special_tokens === true;
      this.#pipeline = new Pipeline(lowerCase ? lowered(parsed) : parsed, { splitSpecial });
    } catch (cause) {
      throw new KitError(`Cannot read a tokenizer: ${(cause as Error).message}`, { file }, { cause });
    }
    const { marks, vocabulary } = this.#pipeline;
    this.#before = special ? marks.before : [];
    this.#after = special ? marks.after : [];
    const tokens: string[] = [];
    for (const [token, id] of vocabulary) tokens[id] = token;
    this.#tokens = tokens;
    this.size = tokens.length;
    this.modelSize = this.#pipeline.modelSize;
    const around = [...this.#before, ...this.#after];
    if (special && around.length === 0) {
      throw new KitError("Cannot use a tokenizer without special tokens: its post-processor adds none", { file });
    }
    if (!(maxLength > around.length)) {
      throw new KitError(`Cannot truncate texts to ${maxLength} tokens: ${around.length} of them are special`, {
        file,
      });
    }
    this.fingerprint = sha256(JSON.stringify([VERSION, json, configJson, special, lowerCase]));
  }

  /** Reads tokenizer.json, tokenizer_config.json and special_tokens_map.json of a folder. */
  static async load(folder: string, options: TokenizerLoadOptions = {}): Promise<Tokenizer> {
    const { model, ...rest } = options;
    const file = `${folder}/tokenizer.json`;
    const json = await readTokenizerFile(file);
    const named = { file, ...rest };
    if (model === undefined) {
      return new Tokenizer(json, await readTokenizerFile(`${folder}/tokenizer_config.json`, "{}"), named);
    }
    const config = await readTokenizerSettings(folder);
    let effective: Json;
    try {
      effective = asTransformers({ json: JSON.parse(json), config, model });
    } catch (cause) {
      throw new KitError(`Cannot read a tokenizer: ${(cause as Error).message}`, { file }, { cause });
    }
    return new Tokenizer(JSON.stringify(effective), JSON.stringify(config), named);
  }

  /** The same tokenizer with another maximum length. */
  cutAt(maxLength: number, special: boolean = this.#before.length + this.#after.length > 0): Tokenizer {
    return new Tokenizer(this.json, this.configJson, {
      maxLength,
      special,
      lowerCase: this.lowerCase,
      rows: this.#rows,
    });
  }

  /** Number of special tokens around a text. */
  get marks(): number {
    return this.#before.length + this.#after.length;
  }

  /**
   * Ids of a text, special ones included, at most {@link maxLength}. Do not modify them.
   *
   * @throws {KitError} if the vocabulary lacks the unknown token that the text needs, or the table lacks the row of one.
   */
  encode(text: string): Int32Array {
    const known = this.#known.get(text);
    if (known) return known;
    const ids = this.#encode(text);
    if (this.#remembered > MEMORY) {
      this.#known.clear();
      this.#remembered = 0;
    }
    this.#known.set(text, ids);
    this.#remembered += text.length;
    return ids;
  }

  /**
   * Ids of two texts as one, with special tokens and the type of each token, at most {@link maxLength}: the longer one
   * loses its end first.
   *
   * @throws {KitError} if the post-processor joins no pairs, or as for {@link encode}.
   */
  encodePair(first: string, second: string): TokenPair {
    const pair = encodePair([first, second], {
      places: this.#pairPlaces(),
      maxLength: this.maxLength,
      tokens: (text, limit) => this.#body(text, limit),
    });
    this.#checkRows(pair.ids, first);
    return pair;
  }

  #pairPlaces(): readonly PairPlace[] {
    try {
      return this.#pair ??= readPairMarks(this.#pipeline.postProcessor);
    } catch (cause) {
      throw new KitError(`Cannot encode pairs of texts: ${(cause as Error).message}`, {}, { cause });
    }
  }

  #checkRows(ids: Iterable<number>, text: string): void {
    for (const id of ids) {
      if (id < this.#rows) continue;
      const token = JSON.stringify(this.token(id));
      throw new KitError(`Cannot encode ${shown(text)}: token ${token} has the id ${id}, the table ${this.#rows} rows`);
    }
  }

  /** Whether {@link encode} truncates a text. */
  cuts(text: string): boolean {
    const room = this.maxLength - this.marks;
    return this.encode(text).length === this.maxLength && this.#body(text, room + 1).length > room;
  }

  #encode(text: string): Int32Array {
    const room = this.maxLength - this.marks;
    const body = this.#body(text, room);
    const length = Math.min(body.length, room);
    const ids = new Int32Array(length + this.marks);
    ids.set(this.#before);
    for (let i = 0; i < length; i++) ids[this.#before.length + i] = body[i];
    ids.set(this.#after, this.#before.length + length);
    this.#checkRows(ids, text);
    return ids;
  }

  #body(text: string, room: number): number[] {
    try {
      return this.#pipeline.encode(text.toWellFormed(), room);
    } catch (cause) {
      throw new KitError(`Cannot encode ${shown(text)}: ${(cause as Error).message}`, {}, { cause });
    }
  }

  /** The id of a token. */
  id(token: string): number | undefined {
    return this.#pipeline.vocabulary.get(token);
  }

  /** The token of an id. */
  token(id: number): string | undefined {
    return this.#tokens[id];
  }
}

function shown(text: string): string {
  return `the text ${JSON.stringify(text.slice(0, 60))}`;
}

/** Adds lowercasing before the other normalizers, as sentence-transformers does, unless one of them lowercases. */
function lowered(json: Json): Json {
  const normalizer = json.normalizer as Json | null | undefined;
  const steps = normalizer?.type === "Sequence" ? normalizer.normalizers as Json[] : normalizer ? [normalizer] : [];
  if (steps.some(({ type }) => type === "Lowercase")) return json;
  return { ...json, normalizer: { type: "Sequence", normalizers: [{ type: "Lowercase" }, ...steps] } };
}
