/** A change to one place of one file that a test should notice. */
export interface Mutant {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** Where in the file the replaced text begins. */
  readonly at: number;
  readonly before: string;
  readonly after: string;
}

/** Replacements by what is found in code; `deno fmt` sets spaces around operators, so that types have none of these. */
const OPERATORS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/ < /g, [" <= ", " > "]],
  [/ <= /g, [" < "]],
  [/ > /g, [" >= ", " < "]],
  [/ >= /g, [" > "]],
  [/ === /g, [" !== "]],
  [/ !== /g, [" === "]],
  [/ && /g, [" || "]],
  [/ \|\| /g, [" && "]],
  [/ \+ /g, [" - "]],
  [/ - /g, [" + "]],
  [/ \* /g, [" / "]],
  [/ \/ /g, [" * "]],
  [/ % /g, [" * "]],
  [/ \+= /g, [" -= ", " = "]],
  [/ -= /g, [" += "]],
  [/\+\+/g, ["--"]],
  [/\btrue\b/g, ["false"]],
  [/\bfalse\b/g, ["true"]],
  [/\bMath\.max\b/g, ["Math.min"]],
  [/\bMath\.min\b/g, ["Math.max"]],
  [/\bMath\.abs\b/g, ["(+(0), Number)"]],
  [/\bMath\.sqrt\b/g, ["Number"]],
  [/\bMath\.ceil\b/g, ["Math.floor"]],
  [/\bMath\.floor\b/g, ["Math.ceil"]],
  [/\bsub\(/g, ["add("]],
  [/\badd\(/g, ["sub("]],
  [/\bneg\(/g, ["("]],
  [/\bmul\(/g, ["div("]],
  [/(?<=\(|\[| )-(?=[a-z(])/g, [""]],
  [/(?<=[(&|] ?)!(?=[a-z(])/g, [""]],
  [/(?<![\w.#$-])0(?![\w.])/g, ["1"]],
  [/(?<![\w.#$-])1(?![\w.])/g, ["0", "2"]],
  [/(?<![\w.#$-])(?:[2-9]|[1-9]\d+)(?![\w.])/g, ["1"]],
  [/(?<=\bif )\((?=[^\n]*\) )/g, ["(true || ", "(false && "]],
  [/^ {2,}(?!return|throw|const|let|yield|case|default|break|continue|if|for|while|\}|\)|\]|\.)[^\n{}]*\);$/gm, [""]],
  [/\.sort\([^()]*\)/g, [""]],
  [/\.slice\([^()]*\)/g, [".slice()"]],
];

/** Every mutant of a source, in the order of their places. Comments, strings, types and messages are left alone. */
export function mutantsOf(file: string, source: string): Mutant[] {
  const code = masked(source);
  const found: Mutant[] = [];
  for (const [pattern, replacements] of OPERATORS) {
    for (const match of code.matchAll(pattern)) {
      const line = source.slice(0, match.index).split("\n").length;
      const before = source.slice(match.index, match.index + match[0].length);
      for (const after of replacements) found.push({ file, line, at: match.index, before, after });
    }
  }
  return found.sort((a, b) => a.at - b.at || (a.after < b.after ? -1 : 1));
}

/** The source with one mutant in place. */
export function mutated(source: string, { at, before, after }: Mutant): string {
  return source.slice(0, at) + after + source.slice(at + before.length);
}

/** The source with what must not be mutated as spaces: comments, strings, imports, interfaces, types, errors. */
function masked(source: string): string {
  const blank = (text: string) => text.replaceAll(/[^\n]/g, "\u0001");
  return source
    .replaceAll(/\/\*[\s\S]*?\*\/|(?<![:\\])\/\/[^\n]*/g, blank)
    .replaceAll(/"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g, blank)
    .replaceAll(/(?<=[(=,:] ?)\/(?![*/ ])(?:[^/\\\n[]|\\.|\[(?:[^\]\\]|\\.)*\])+\/[a-z]*/g, blank)
    .replaceAll(/^import [\s\S]*?;$/gm, blank)
    .replaceAll(/^export (?:type )?[{*][\s\S]*?;$/gm, blank)
    .replaceAll(/^(?:export )?(?:interface|type) [\s\S]*?(?:\n\}|;$)/gm, blank)
    .replaceAll(/(?:throw )?new (?:KitError|ArgumentError|CancelledError)\([\s\S]*?\);/g, blank);
}
