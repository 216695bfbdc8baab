/** Deepest nesting of groups and classes. */
export const DEEPEST = 200;

/** A position in the source of a regular expression. */
export class Cursor {
  readonly #source: readonly string[];
  #at = 0;
  #depth = 0;

  constructor(source: string) {
    this.#source = [...source];
  }

  /** Whether the source is at its end. */
  get done(): boolean {
    return this.#at >= this.#source.length;
  }

  /** A character ahead; undefined after the end. */
  peek(ahead = 0): string | undefined {
    return this.#source[this.#at + ahead];
  }

  /** The next characters as one string. */
  ahead(count: number): string {
    return this.#source.slice(this.#at, this.#at + count).join("");
  }

  /** Skips some characters. */
  skip(count = 1): void {
    this.#at += count;
  }

  /** Consumes the next character. */
  take(): string | undefined {
    return this.#source[this.#at++];
  }

  /** Skips a text if it comes next. Returns whether it did. */
  next(text: string): boolean {
    const found = this.ahead(text.length) === text;
    if (found) this.#at += text.length;
    return found;
  }

  /** @throws {Error} with the unsupported construct and its position. */
  refuse(what: string): never {
    throw new Error(`regular expression "${this.#source.join("")}": ${what} at character ${this.#at} is not supported`);
  }

  /** Parses one level deeper, down to {@link DEEPEST}. */
  nested<T>(read: () => T): T {
    if (++this.#depth > DEEPEST) this.refuse("nesting this deep");
    const result = read();
    this.#depth--;
    return result;
  }
}
