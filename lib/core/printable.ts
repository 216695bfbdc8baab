// deno-lint-ignore-file no-control-regex -- control characters are what it is about
import { checkOptions } from "./options.ts";

/**
 * What a terminal obeys instead of showing it: control characters of C0 and C1, DEL, marks that turn the direction of
 * text, line and paragraph separators, tag characters, halves of surrogate pairs.
 */
const OBEYED =
  /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|\p{Surrogate}/gu;

/** Options of {@link printable}. */
export interface PrintableOptions {
  /** Escape line breaks and tabs too: for text that must stay on its line. @default false */
  line?: boolean;
}

/**
 * Text as a terminal may print it: characters that it would obey are escaped as JSON escapes them (`\u001b`), so that no
 * title, id, file name or error message can move the cursor, hide text or pretend to be something else.
 *
 * @example
 * ```ts
 * import { printable } from "./printable.ts";
 * console.log(printable("red: \x1b[31m")); // red: \u001b[31m
 * ```
 */
export function printable(text: string, options: PrintableOptions = {}): string {
  checkOptions<PrintableOptions>("printable", options, { line: "boolean" });
  const { line = false } = options;
  const safe = text.replaceAll(OBEYED, escaped);
  return line ? safe.replaceAll(/[\t\n]/g, escaped) : safe;
}

function escaped(text: string): string {
  return Array.from({ length: text.length }, (_, i) => `\\u${text.charCodeAt(i).toString(16).padStart(4, "0")}`).join(
    "",
  );
}
