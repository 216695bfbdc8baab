import type { Divide, Part } from "../split.ts";
import { compileRegex } from "./compile_regex.ts";
import { Matcher } from "./matcher.ts";
import { parseRegex } from "./parse_regex.ts";

/** Step budget of a text: a constant plus a share per character, far above that of real expressions. */
const PATIENCE = 20_000_000;
const PATIENCE_EACH = 100;

/**
 * Divides texts by an Oniguruma regular expression. A choice that failed at a position is not tried there again, so time
 * grows linearly with the text: `(a+)+$` is as fast as `a+$`. Lookaround and atomic groups can make time quadratic; then a
 * long text is refused.
 *
 * @throws {Error} if a construct is unsupported or the expression is too large.
 */
export function divideByRegex(source: string): Divide {
  const program = compileRegex(parseRegex(source));
  return (text) => {
    const parts: Part[] = [];
    const matcher = new Matcher(program, text, { steps: PATIENCE + PATIENCE_EACH * text.length });
    let end = 0;
    let last = -1;
    for (let at = 0; at <= text.length;) {
      const found = matcher.match(at);
      // An empty match divides the text, unless the last match ended there.
      if (found === undefined || (found === at && at === last)) {
        at += width(text, at);
        continue;
      }
      if (at > end) parts.push({ begin: end, end: at, match: false });
      parts.push({ begin: at, end: found, match: true });
      at = end = last = found;
      matcher.forget(at, at);
    }
    if (end < text.length) parts.push({ begin: end, end: text.length, match: false });
    return parts;
  };
}

/** Code units of the character at a position. */
function width(text: string, at: number): number {
  return text.codePointAt(at)! > 0xffff ? 2 : 1;
}
