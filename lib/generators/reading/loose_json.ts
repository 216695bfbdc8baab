/** What {@link looseJson} found. */
export interface Loose {
  /** Undefined if nothing sensible stands behind the bracket. */
  readonly value: object | undefined;
  /** Index of its bracket. */
  readonly start: number;
  /** Index behind the last character read. */
  readonly end: number;
  /** Whether every bracket and quote was closed. */
  readonly complete: boolean;
  /** Objects and arrays whose last text was cut off by the end. */
  readonly cut: WeakSet<object>;
}

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
 * Reads the JSON object or array at `start` as models write it: raw line breaks and unescaped quotes in texts, single or
 * curly quotes, names without quotes, missing or trailing commas, "..." for "and so on", an end that is missing.
 * Undefined if there is no bracket at `start`.
 */
export function looseJson(text: string, start: number): Loose | undefined {
  const cut = new WeakSet<object>();
  let at = start;
  let complete = true;

  const space = () => {
    while (at < text.length && /\s/.test(text[at])) at++;
  };

  const string = (owner: object): string => {
    const close = CLOSERS[text[at++]];
    let value = "";
    for (; at < text.length; at++) {
      const c = text[at];
      if (c === "\\") {
        const next = text[++at];
        const code = next === "u" ? /^[0-9a-fA-F]{4}/.exec(text.slice(at + 1, at + 5))?.[0] : undefined;
        if (code) at += 4;
        value += code ? String.fromCharCode(parseInt(code, 16)) : next === undefined ? "" : ESCAPES[next] ?? next;
      } else if (c === close && closes(text, at + 1)) {
        at++;
        return value;
      } else value += c;
    }
    complete = false;
    cut.add(owner);
    return value;
  };

  const value = (owner: object, depth: number): { value: unknown } | undefined => {
    const c = text[at];
    if (c === "{" || c === "[") return depth >= DEPTH ? undefined : { value: container(depth + 1) };
    if (c in CLOSERS) return { value: string(owner) };
    const number = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/.exec(text.slice(at, at + 32))?.[0];
    if (number) {
      at += number.length;
      return { value: Number(number) };
    }
    const literal = LITERALS.find(([word]) => text.startsWith(word, at));
    if (!literal) return undefined;
    at += literal[0].length;
    return { value: literal[1] };
  };

  /** Index behind the name that begins here, quoted or not, if a colon follows. */
  const key = (owner: object): string | undefined => {
    const bare = /^[\p{L}_][\p{L}\d_ -]*(?=\s*:)/u.exec(text.slice(at, at + 80))?.[0];
    if (bare) at += bare.length;
    const name = bare ?? (text[at] in CLOSERS ? string(owner) : undefined);
    space();
    if (name === undefined || text[at] !== ":") return undefined;
    at++;
    return name.trim();
  };

  const container = (depth: number): object => {
    const isArray = text[at] === "[";
    const array: unknown[] = [];
    const object: Record<string, unknown> = Object.create(null);
    const owner: object = isArray ? array : object;
    at++;
    while (true) {
      while (at < text.length && /[\s,;]/.test(text[at])) at++;
      if (text.startsWith("...", at) || text[at] === "…") {
        at += text[at] === "…" ? 1 : 3;
        continue;
      }
      if (at >= text.length) {
        complete = false;
        return owner;
      }
      if (text[at] === "]" || text[at] === "}") {
        // A closer of the wrong kind ends this container and is left for the one around it.
        if (text[at] === (isArray ? "]" : "}")) at++;
        else complete = false;
        return owner;
      }
      const name = isArray ? undefined : key(owner);
      space();
      const found = isArray || name !== undefined ? value(owner, depth) : undefined;
      if (!found) {
        complete = false;
        if (at >= text.length && name !== undefined) cut.add(owner);
        return owner;
      }
      if (isArray) array.push(found.value);
      else if (name !== "__proto__") object[name!] = found.value;
    }
  };

  if (text[at] !== "{" && text[at] !== "[") return undefined;
  const found = container(1);
  const size = Array.isArray(found) ? found.length : Object.keys(found).length;
  return { value: size === 0 && !complete ? undefined : found, start, end: at, complete, cut };
}

/** Whether a quote before `at` ends its text: behind it stands the end, a colon, a closer, or a comma and a new value. */
function closes(text: string, at: number): boolean {
  const rest = text.slice(at, at + 48);
  return /^\s*(?:$|[:}\]]|,\s*(?:$|["'“{[\]}\d-]|true|false|null|\.\.\.|[\p{L}_]+\s*:)|\n\s*["{])/u.test(rest);
}
