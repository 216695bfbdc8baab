import { isPlace } from "./is_place.ts";
import type { Program, Step } from "./program.ts";

/** Most words of 32 bits that record failures in a text. */
const MEMORY = 1 << 26;

/** Runs one program on one text. */
export class Matcher {
  readonly #program: Program;
  readonly #text: string;
  /** One bit per split and position, set once it is tried. */
  readonly #tried: Uint32Array;
  readonly #words: number;
  readonly #inner = new Map<Program, { matcher: Matcher; ends: Map<number, number | undefined> }>();
  /** Remaining steps, inner programs included. */
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

  /** Clears the marks of a match, because not everything tried there failed. */
  forget(from: number, to: number): void {
    this.#tried.fill(0, from * this.#words, (to + 1) * this.#words);
  }

  /** End of the match at a position; undefined if there is none. */
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

  /** Whether a split is tried at a position for the first time. */
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
    // Marks of a successful match are not failures, and its positions may be tried again.
    if (end !== undefined) inner.matcher.forget(at, end);
    inner.ends.set(at, end);
    return end;
  }
}
