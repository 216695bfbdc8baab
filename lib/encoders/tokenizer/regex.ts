import type { Divide, Part } from "./split.ts";
import { type Expression, parseRegex, type Place, WORD_ALONE } from "./regex_syntax.ts";

/** One step of a program; a step goes on to the next one unless it says otherwise. */
type Step =
  | { readonly op: "set"; readonly set: CharacterSet }
  | { readonly op: "split"; readonly first: number; readonly second: number; readonly mark: number }
  | { readonly op: "jump"; readonly to: number }
  | { readonly op: "look"; readonly program: Program; readonly negative: boolean; readonly behind: number }
  | { readonly op: "atomic"; readonly program: Program }
  | { readonly op: "place"; readonly place: Place }
  | { readonly op: "match" };

interface Program {
  readonly steps: readonly Step[];
  /** How many splits there are. */
  readonly marks: number;
}

/** Most steps of a program: repetitions with counts are written out. */
const STEPS = 4000;

/** Most words of 32 bits for what is known to fail in a text. */
const MEMORY = 1 << 26;

/** Most steps for a text, and more for each of its characters: what real expressions take is far below. */
const PATIENCE = 20_000_000;
const PATIENCE_EACH = 100;

/**
 * A regular expression of Oniguruma as a division of texts. A choice that failed at a place is not tried there again,
 * so that time grows with the length of the text: `(a+)+$` is as quick as `a+$`. Where lookaround or atomic groups make
 * it grow with the square, a long text is refused.
 *
 * @throws {Error} naming what is not read, or that the expression is too large.
 */
export function divideByRegex(source: string): Divide {
  const program = new Compiler().compile(parseRegex(source));
  return (text) => {
    const parts: Part[] = [];
    const matcher = new Matcher(program, text, { steps: PATIENCE + PATIENCE_EACH * text.length });
    let end = 0;
    let last = -1;
    for (let at = 0; at <= text.length;) {
      const found = matcher.match(at);
      // An empty match divides the text, unless it is where the last match ended.
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

/** Code units of the character at a place. */
function width(text: string, at: number): number {
  return text.codePointAt(at)! > 0xffff ? 2 : 1;
}

class CharacterSet {
  readonly #pattern: RegExp;
  /** By code unit: 0 for what was not asked yet, 1 for members, 2 for others. */
  readonly #known = new Uint8Array(1 << 16);

  constructor(source: string, ignoreCase: boolean) {
    this.#pattern = new RegExp(`^${source}$`, ignoreCase ? "iv" : "v");
  }

  has(point: number): boolean {
    if (point > 0xffff) return this.#pattern.test(String.fromCodePoint(point));
    return (this.#known[point] ||= this.#pattern.test(String.fromCharCode(point)) ? 1 : 2) === 1;
  }
}

class Compiler {
  readonly #sets = new Map<string, CharacterSet>();
  #size = 0;

  compile(expression: Expression): Program {
    const steps: Step[] = [];
    this.#write(expression, steps);
    this.#push(steps, { op: "match" });
    let marks = 0;
    return { steps: steps.map((step) => step.op === "split" ? { ...step, mark: marks++ } : step), marks };
  }

  #push(steps: Step[], step: Step): number {
    if (++this.#size > STEPS) throw new Error(`a regular expression of more than ${STEPS} steps is not read`);
    return steps.push(step) - 1;
  }

  #write(expression: Expression, steps: Step[]): void {
    switch (expression.kind) {
      case "set": {
        const key = `${expression.ignoreCase} ${expression.source}`;
        const set = this.#sets.get(key) ?? new CharacterSet(expression.source, expression.ignoreCase);
        this.#sets.set(key, set);
        this.#push(steps, { op: "set", set });
        return;
      }
      case "all":
        for (const part of expression.parts) this.#write(part, steps);
        return;
      case "any":
        return this.#choice(expression.parts, steps);
      case "repeat":
        return this.#repeat(expression, steps);
      case "atomic":
        this.#push(steps, { op: "atomic", program: this.compile(expression.part) });
        return;
      case "look": {
        const { negative, behind } = expression;
        this.#push(steps, { op: "look", program: this.compile(expression.part), negative, behind });
        return;
      }
      case "place":
        this.#push(steps, { op: "place", place: expression.place });
        return;
      default:
        return expression satisfies never;
    }
  }

  #choice(parts: readonly Expression[], steps: Step[]): void {
    const jumps: number[] = [];
    parts.forEach((part, i) => {
      if (i === parts.length - 1) return this.#write(part, steps);
      const split = this.#push(steps, { op: "jump", to: 0 });
      this.#write(part, steps);
      jumps.push(this.#push(steps, { op: "jump", to: 0 }));
      steps[split] = { op: "split", first: split + 1, second: steps.length, mark: 0 };
    });
    for (const jump of jumps) steps[jump] = { op: "jump", to: steps.length };
  }

  #repeat({ part, least, most, greedy }: Extract<Expression, { kind: "repeat" }>, steps: Step[]): void {
    for (let i = 0; i < least; i++) this.#write(part, steps);
    const fork = (at: number, out: number): Step =>
      greedy
        ? { op: "split", first: at + 1, second: out, mark: 0 }
        : { op: "split", first: out, second: at + 1, mark: 0 };
    if (most === Infinity) {
      const split = this.#push(steps, { op: "jump", to: 0 });
      this.#write(part, steps);
      this.#push(steps, { op: "jump", to: split });
      steps[split] = fork(split, steps.length);
      return;
    }
    const splits: number[] = [];
    for (let i = least; i < most; i++) {
      splits.push(this.#push(steps, { op: "jump", to: 0 }));
      this.#write(part, steps);
    }
    for (const split of splits) steps[split] = fork(split, steps.length);
  }
}

/** One program on one text. */
class Matcher {
  readonly #program: Program;
  readonly #text: string;
  /** A bit for every split at every place: set once it was tried. */
  readonly #tried: Uint32Array;
  readonly #words: number;
  readonly #inner = new Map<Program, { matcher: Matcher; ends: Map<number, number | undefined> }>();
  /** How many steps are left, inner programs included. */
  readonly #left: { steps: number };
  #stack = new Int32Array(256);

  constructor(program: Program, text: string, left: { steps: number }) {
    this.#left = left;
    this.#program = program;
    this.#text = text;
    this.#words = Math.max(1, Math.ceil(program.marks / 32));
    const size = this.#words * (text.length + 1);
    if (size > MEMORY) throw new Error(`a text of ${text.length} characters is too long for this regular expression`);
    this.#tried = new Uint32Array(size);
  }

  /** What was tried at the places of a match did not all fail. */
  forget(from: number, to: number): void {
    this.#tried.fill(0, from * this.#words, (to + 1) * this.#words);
  }

  /** Where the match that begins at a place ends. */
  match(begin: number): number | undefined {
    const { steps } = this.#program;
    let depth = 0;
    let [pc, at] = [0, begin];
    while (true) {
      if (--this.#left.steps < 0) throw new Error("a regular expression takes too long");
      const step = steps[pc];
      let next = -1;
      switch (step.op) {
        case "match":
          return at;
        case "set":
          if (at < this.#text.length) {
            const point = this.#text.codePointAt(at)!;
            if (step.set.has(point)) {
              at += point > 0xffff ? 2 : 1;
              next = pc + 1;
            }
          }
          break;
        case "jump":
          next = step.to;
          break;
        case "split":
          if (this.#first(step.mark, at)) {
            if (depth + 2 > this.#stack.length) this.#grow();
            this.#stack[depth++] = step.second;
            this.#stack[depth++] = at;
            next = step.first;
          }
          break;
        case "place":
          if (isPlace(this.#text, at, step.place)) next = pc + 1;
          break;
        case "look":
          if (this.#sees(step, at) !== step.negative) next = pc + 1;
          break;
        case "atomic": {
          const end = this.#end(step.program, at);
          if (end !== undefined) [at, next] = [end, pc + 1];
          break;
        }
        default:
          step satisfies never;
      }
      if (next >= 0) pc = next;
      else if (depth === 0) return undefined;
      else [at, pc] = [this.#stack[--depth], this.#stack[--depth]];
    }
  }

  /** Whether a split is tried at a place for the first time. */
  #first(mark: number, at: number): boolean {
    const word = at * this.#words + (mark >>> 5);
    const bit = 1 << (mark & 31);
    if (this.#tried[word] & bit) return false;
    this.#tried[word] |= bit;
    return true;
  }

  #grow(): void {
    const stack = new Int32Array(2 * this.#stack.length);
    stack.set(this.#stack);
    this.#stack = stack;
  }

  #sees({ program, behind }: Extract<Step, { op: "look" }>, at: number): boolean {
    let begin = at;
    for (let i = 0; i < behind; i++) {
      if (--begin < 0) return false;
      const unit = this.#text.charCodeAt(begin);
      if (unit >= 0xdc00 && unit <= 0xdfff) begin--;
    }
    const end = this.#end(program, begin);
    return behind > 0 ? end === at : end !== undefined;
  }

  #end(program: Program, at: number): number | undefined {
    let inner = this.#inner.get(program);
    if (!inner) {
      this.#inner.set(program, inner = { matcher: new Matcher(program, this.#text, this.#left), ends: new Map() });
    }
    if (inner.ends.has(at)) return inner.ends.get(at);
    const end = inner.matcher.match(at);
    // The marks of a match that was found are not failures, and its places may be asked for again.
    if (end !== undefined) inner.matcher.forget(at, end);
    inner.ends.set(at, end);
    return end;
  }
}

const WORD = new RegExp(WORD_ALONE, "v");

function isPlace(text: string, at: number, place: Place): boolean {
  switch (place) {
    case "^":
      return at === 0 || text[at - 1] === "\n";
    case "$":
      return at === text.length || text[at] === "\n";
    case "\\A":
      return at === 0;
    case "\\z":
      return at === text.length;
    case "\\Z":
      return at === text.length || (at === text.length - 1 && text[at] === "\n");
    case "\\b":
    case "\\B": {
      const before = at > 0 && WORD.test(characterBefore(text, at));
      const after = at < text.length && WORD.test(String.fromCodePoint(text.codePointAt(at)!));
      return (before !== after) === (place === "\\b");
    }
    default:
      return place satisfies never;
  }
}

function characterBefore(text: string, at: number): string {
  const unit = text.charCodeAt(at - 1);
  return unit >= 0xdc00 && unit <= 0xdfff ? text.slice(at - 2, at) : text[at - 1];
}
