import type { Finding } from "./finding.ts";

/** How many examples a finding shows. */
const SHOWN = 3;

/** Counts under one name, the first few with an example. */
export class Tally {
  readonly #findings = new Map<string, { count: number; examples: string[] }>();

  /** Counts one more of a kind. */
  add(kind: string, example: () => string): void {
    let finding = this.#findings.get(kind);
    if (finding === undefined) this.#findings.set(kind, finding = { count: 0, examples: [] });
    if (finding.count++ < SHOWN) finding.examples.push(example());
  }

  /** All kinds, in the order of their first. */
  findings(): Finding[] {
    return [...this.#findings].map(([kind, { count, examples }]) => ({ kind, count, examples }));
  }
}
