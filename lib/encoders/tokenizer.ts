import { Tokenizer as Library } from "@huggingface/tokenizers";
import { KitError } from "../core/errors.ts";
import { refusePointer } from "../data/unpack.ts";
import { sha256 } from "../core/hash.ts";

/** How a {@link Tokenizer} cuts and marks. */
export interface TokenizerOptions {
  /** Most tokens of a text, special ones included. @default Infinity */
  maxLength?: number;
  /** Whether the special tokens of tokenizer.json stand around the text. @default true */
  special?: boolean;
  /** Whether texts are put into lower case first (sentence-transformers' `do_lower_case`). @default false */
  lowerCase?: boolean;
  /** File named in errors. */
  file?: string;
}

/** Characters that are read at a time for each token that may be kept. */
const CHARACTERS_PER_TOKEN = 10;

/** Characters of texts whose ids are remembered. */
const MEMORY = 16_000_000;

/** Characters that the library is given at a time; it cannot take a million. Longer words are cut. */
const LONGEST_PART = 20_000;

/**
 * Turns texts into token ids with a Hugging Face `tokenizer.json`. Texts that are too long lose their end, never their
 * special tokens. Lone surrogates are read as U+FFFD. An empty text has its special tokens only.
 */
export class Tokenizer {
  readonly maxLength: number;
  /** One more than the largest id. */
  readonly size: number;
  /** sha256 over tokenizer.json and everything else that decides the ids. */
  readonly fingerprint: string;
  /** tokenizer.json and tokenizer_config.json, as text, to be saved. */
  readonly json: string;
  readonly configJson: string;
  readonly #library: Library;
  /** Training reads the same texts again and again. */
  readonly #known = new Map<string, Int32Array>();
  #remembered = 0;
  /** Keeps one token more: tells whether a text that is as long as it may be was cut. */
  #longer?: Tokenizer;
  readonly #before: readonly number[];
  readonly #after: readonly number[];
  /** Whether texts are put into lower case first. */
  readonly lowerCase: boolean;

  /** @throws {KitError} if the files are no tokenizer, or `special` is wished and there are no special tokens. */
  constructor(json: string, configJson: string, options: TokenizerOptions = {}) {
    const { maxLength = Infinity, special = true, lowerCase = false, file } = options;
    this.json = json;
    this.configJson = configJson;
    this.maxLength = maxLength;
    this.lowerCase = lowerCase;
    try {
      this.#library = new Library(JSON.parse(json), JSON.parse(configJson));
      // The ids around one word tell what stands before and behind every text.
      const bare = this.#library.encode("a", { add_special_tokens: false }).ids;
      const marked = special ? this.#library.encode("a").ids : bare;
      const at = marked.findIndex((_, i) => bare.every((id, j) => marked[i + j] === id));
      if (at < 0) throw new Error("special tokens do not stand around the text");
      this.#before = marked.slice(0, at);
      this.#after = marked.slice(at + bare.length);
      let size = 0;
      for (const id of this.#library.get_vocab().values()) size = Math.max(size, id + 1);
      this.size = size;
    } catch (cause) {
      throw new KitError(`Cannot read a tokenizer: ${(cause as Error).message}`, { file }, { cause });
    }
    const marks = [...this.#before, ...this.#after];
    if (special && (marks.length === 0 || marks.some((id) => !Number.isInteger(id) || id < 0))) {
      const found = marks.length === 0 ? "none" : "some that are not in its vocabulary";
      throw new KitError(`Cannot use a tokenizer without special tokens: its post-processor adds ${found}`, { file });
    }
    if (!(maxLength > marks.length)) {
      throw new KitError(`Cannot cut texts to ${maxLength} tokens: ${marks.length} of them are special`, { file });
    }
    this.fingerprint = sha256(JSON.stringify([json, configJson, special, lowerCase]));
  }

  /** Reads tokenizer.json and tokenizer_config.json of a folder. */
  static async load(folder: string, options: TokenizerOptions = {}): Promise<Tokenizer> {
    const file = `${folder}/tokenizer.json`;
    const read = async (path: string, fallback?: string) => {
      try {
        const text = await Deno.readTextFile(path);
        refusePointer(text, path);
        return text;
      } catch (cause) {
        if (cause instanceof KitError) throw cause;
        const missing = cause instanceof Deno.errors.NotFound;
        if (missing && fallback !== undefined) return fallback;
        const why = missing ? "the file is not there" : (cause as Error).message;
        throw new KitError(`Cannot read a tokenizer: ${why}`, { file: path }, { cause });
      }
    };
    const json = await read(file);
    const config = await read(`${folder}/tokenizer_config.json`, "{}");
    return new Tokenizer(json, config, { file, ...options });
  }

  /** The same tokenizer with another greatest length. */
  cutAt(maxLength: number, special: boolean = this.#before.length + this.#after.length > 0): Tokenizer {
    return new Tokenizer(this.json, this.configJson, { maxLength, special, lowerCase: this.lowerCase });
  }

  /** Special tokens around a text. */
  get marks(): number {
    return this.#before.length + this.#after.length;
  }

  /** Ids of a text, special ones included, at most {@link maxLength}; not to be written into. */
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

  /** Whether {@link encode} loses the end of a text. */
  cuts(text: string): boolean {
    if (this.encode(text).length < this.maxLength) return false;
    this.#longer ??= this.cutAt(this.maxLength + 1);
    return this.#longer.encode(text).length > this.maxLength;
  }

  #encode(text: string): Int32Array {
    const room = this.maxLength - this.marks;
    let wellFormed = text.toWellFormed();
    if (this.lowerCase) wellFormed = wellFormed.toLowerCase();
    const body = this.#body(wellFormed, room);
    const length = Math.min(body.length, room);
    const ids = new Int32Array(length + this.marks);
    ids.set(this.#before);
    for (let i = 0; i < length; i++) ids[this.#before.length + i] = body[i];
    ids.set(this.#after, this.#before.length + length);
    return ids;
  }

  /** Ids of the text's beginning, at least `room` of them if it has so many. */
  #body(text: string, room: number): number[] {
    // Read in parts that begin with a space: tokens do not reach over it, and a long text is read no further than needed.
    const size = Math.min(LONGEST_PART, room * CHARACTERS_PER_TOKEN);
    if (text.length <= size) return this.#library.encode(text, { add_special_tokens: false }).ids;
    const ids: number[] = [];
    for (let begin = 0; begin < text.length && ids.length < room;) {
      let end = begin + size;
      if (end >= text.length) end = text.length;
      else {
        const space = text.lastIndexOf(" ", end);
        end = space > begin ? space : text.indexOf(" ", end);
        // A word without an end is cut: no tokenizer makes sense of it.
        if (end < 0 || end > begin + LONGEST_PART) end = Math.min(text.length, begin + LONGEST_PART);
      }
      const part = text.slice(begin, end).toWellFormed();
      for (const id of this.#library.encode(part, { add_special_tokens: false }).ids) ids.push(id);
      begin = end;
    }
    return ids;
  }

  /** The id of a token. */
  id(token: string): number | undefined {
    return this.#library.token_to_id(token);
  }

  /** The token of an id. */
  token(id: number): string | undefined {
    return this.#library.id_to_token(id);
  }
}
