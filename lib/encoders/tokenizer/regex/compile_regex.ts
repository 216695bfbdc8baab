import { CharacterSet } from "./character_set.ts";
import type { Expression } from "./expression.ts";
import type { Program, Step } from "./program.ts";

/** Most steps of a program; counted repetitions are unrolled. */
const STEPS = 4000;

/**
 * Compiles an expression into a program.
 *
 * @throws {Error} if it is too large.
 */
export function compileRegex(expression: Expression): Program {
  return new Compiler().compile(expression);
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
    if (++this.#size > STEPS) throw new Error(`a regular expression of more than ${STEPS} steps is not supported`);
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
