import type { Finding } from "./finding.ts";

/** Examples of a finding. */
const SHOWN = 3;

/** Counts findings by kind, with a few examples each. */
export class Tally {
  readonly #findings = new Map<string, { count: number; examples: string[] }>();

  /** Counts an occurrence. */
  add(kind: string, example: () => string): void {
    let finding = this.#findings.get(kind);
    if (finding === undefined) this.#findings.set(kind, finding = { count: 0, examples: [] });
    if (finding.count++ < SHOWN) finding.examples.push(example());
  }

  /** The findings, in the order of their first occurrences. */
  findings(): Finding[] {
    return [...this.#findings].map(([kind, { count, examples }]) => ({ kind, count, examples }));
  }
}
