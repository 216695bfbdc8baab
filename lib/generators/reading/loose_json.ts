/** A JSON value as {@link looseJson} finds it. */
export interface Loose {
  /** The value; undefined if nothing sensible follows the bracket. */
  readonly value: object | undefined;
  /** Index of the opening bracket. */
  readonly start: number;
  /** Index after the last character read. */
  readonly end: number;
  /** Whether every bracket and quote is closed. */
  readonly complete: boolean;
  /** Objects and arrays whose last text is cut off by the end. */
  readonly cut: WeakSet<object>;
}

/** Maximum depth of nested values. */
const DEPTH = 32;
const LITERALS: readonly (readonly [string, unknown])[] = [
  ["true", true],
  ["false", false],
  ["null", null],
  ["True", true],
  ["False", false],
  ["None", null],
];
const CLOSERS: Readonly<Record<string, string>> = { '"': '"', "'": "'", "“": "”" };
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f" };

/**
 * Reads the JSON object or array at `start` as models write it: with raw line breaks and unescaped quotes in texts,
 * single or curly quotes, unquoted keys, missing or trailing commas, "..." for "and so on", or a missing end. Returns
 * undefined if there is no bracket at `start`.
 */
export function looseJson(text: string, start: number): Loose | undefined {
  if (text[start] !== "{" && text[start] !== "[") return undefined;
  const reader = new Reader(text, start);
  const value = reader.container(1);
  const { at: end, complete, cut } = reader;
  const size = Array.isArray(value) ? value.length : Object.keys(value).length;
  return { value: size === 0 && !complete ? undefined : value, start, end, complete, cut };
}

/** A position in a text, with a method for each part of JSON's grammar. */
class Reader {
  readonly #text: string;
  /** Index of the next character. */
  at: number;
  complete = true;
  readonly cut = new WeakSet<object>();

  constructor(text: string, start: number) {
    this.#text = text;
    this.at = start;
  }

  /** An object or array, from its opening bracket on. */
  container(depth: number): object {
    const isArray = this.#text[this.at] === "[";
    const array: unknown[] = [];
    const object: Record<string, unknown> = Object.create(null);
    const owner: object = isArray ? array : object;
    this.at++;
    while (!this.#ends(isArray)) {
      const key = isArray ? undefined : this.#key(owner);
      this.#skip(/\s/);
      const found = isArray || key !== undefined ? this.#value(owner, depth) : undefined;
      if (!found) {
        this.complete = false;
        if (this.at >= this.#text.length && key !== undefined) this.cut.add(owner);
        break;
      }
      if (isArray) array.push(found.value);
      else if (key !== "__proto__") object[key!] = found.value;
    }
    return owner;
  }

  /** Skips what may separate entries, and reads the container's end if it follows. */
  #ends(isArray: boolean): boolean {
    this.#skip(/[\s,;]/);
    const text = this.#text;
    while (text.startsWith("...", this.at) || text[this.at] === "…") {
      this.at += text[this.at] === "…" ? 1 : 3;
      this.#skip(/[\s,;]/);
    }
    const c = text[this.at];
    if (c !== undefined && c !== "]" && c !== "}") return false;
    // A closer of the wrong kind ends this container, and is left for the one around it.
    if (c === (isArray ? "]" : "}")) this.at++;
    else this.complete = false;
    return true;
  }

  #value(owner: object, depth: number): { value: unknown } | undefined {
    const c = this.#text[this.at];
    if (c === "{" || c === "[") return depth >= DEPTH ? undefined : { value: this.container(depth + 1) };
    if (c in CLOSERS) return { value: this.#string(owner) };
    const number = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/.exec(this.#text.slice(this.at, this.at + 32))?.[0];
    if (number) {
      this.at += number.length;
      return { value: Number(number) };
    }
    const literal = LITERALS.find(([word]) => this.#text.startsWith(word, this.at));
    if (!literal) return undefined;
    this.at += literal[0].length;
    return { value: literal[1] };
  }

  /** A key, quoted or not, with its colon. */
  #key(owner: object): string | undefined {
    const bare = /^[\p{L}_][\p{L}\d_ -]*(?=\s*:)/u.exec(this.#text.slice(this.at, this.at + 80))?.[0];
    if (bare) this.at += bare.length;
    const name = bare ?? (this.#text[this.at] in CLOSERS ? this.#string(owner) : undefined);
    this.#skip(/\s/);
    if (name === undefined || this.#text[this.at] !== ":") return undefined;
    this.at++;
    return name.trim();
  }

  #string(owner: object): string {
    const text = this.#text;
    const close = CLOSERS[text[this.at++]];
    let value = "";
    for (; this.at < text.length; this.at++) {
      const c = text[this.at];
      if (c === "\\") value += this.#escape();
      else if (c === close && closes(text, this.at + 1)) {
        this.at++;
        return value;
      } else value += c;
    }
    this.complete = false;
    this.cut.add(owner);
    return value;
  }

  /** The character of an escape; leaves the position on the escape's last character. */
  #escape(): string {
    const next = this.#text[++this.at];
    if (next === undefined) return "";
    const code = next === "u" && /^[0-9a-fA-F]{4}/.exec(this.#text.slice(this.at + 1, this.at + 5))?.[0];
    if (!code) return ESCAPES[next] ?? next;
    this.at += 4;
    return String.fromCharCode(parseInt(code, 16));
  }

  #skip(kind: RegExp): void {
    while (this.at < this.#text.length && kind.test(this.#text[this.at])) this.at++;
  }
}

/** Whether a quote before `at` ends its text: an end, a colon, a closer, or a comma and another value follow it. */
function closes(text: string, at: number): boolean {
  const rest = text.slice(at, at + 48);
  return /^\s*(?:$|[:}\]]|,\s*(?:$|["'“{[\]}\d-]|true|false|null|\.\.\.|[\p{L}_]+\s*:)|\n\s*["{])/u.test(rest);
}
