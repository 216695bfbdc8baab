// deno-lint-ignore-file no-control-regex -- this file is about control characters
import { checkOptions } from "./options.ts";

/**
 * Characters that act on a terminal or are invisible there: control characters of C0 and C1, DEL, marks of text
 * direction, line and paragraph separators, tag characters, lone surrogates.
 */
const UNSAFE =
  /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|\p{Surrogate}/gu;

/**
 * Options of {@link printable}.
 *
 * @category Core
 */
export interface PrintableOptions {
  /**
   * Escape line breaks and tabs as well, for text that must stay on one line.
   * @default {false}
   */
  line?: boolean;
}

/**
 * Makes text safe to print in a terminal: control characters are escaped as in JSON (`\u001b`), so that no title, id,
 * file name or error message can move the cursor or hide text.
 *
 * @category Core
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
  const safe = text.replaceAll(UNSAFE, escaped);
  return line ? safe.replaceAll(/[\t\n]/g, escaped) : safe;
}

function escaped(text: string): string {
  return Array.from({ length: text.length }, (_, i) => `\\u${text.charCodeAt(i).toString(16).padStart(4, "0")}`).join(
    "",
  );
}
