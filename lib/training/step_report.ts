import type { Batch } from "./batches/batch.ts";
import type { StepResult } from "./step_types.ts";

/** Accumulates the numbers of a step event over the batches of an optimizer step. */
export class StepReport {
  #loss = 0;
  #batches = 0;
  readonly #pull = new Map<string, number>();
  #positives = { sum: 0, count: 0 };
  #negatives = { sum: 0, count: 0 };
  tokens = 0;

  add({ relations: { data }, cellSource, sources }: Batch, { loss, scores, scoreGradients, tokens }: StepResult): void {
    this.#loss += loss;
    this.#batches++;
    this.tokens += tokens;
    for (let i = 0; i < data.length; i++) {
      if (data[i] === 0) continue;
      const side = data[i] > 0 ? this.#positives : this.#negatives;
      side.sum += scores[i];
      side.count++;
      if (data[i] > 0 || cellSource[i] === 255) continue;
      const source = sources[cellSource[i]];
      this.#pull.set(source, (this.#pull.get(source) ?? 0) + Math.abs(scoreGradients[i]));
    }
  }

  get loss(): number {
    return this.#loss / this.#batches;
  }

  get positiveSimilarity(): number {
    return this.#positives.sum / Math.max(1, this.#positives.count);
  }

  get negativeSimilarity(): number {
    return this.#negatives.sum / Math.max(1, this.#negatives.count);
  }

  /** The loss by source, in proportion to the gradients of the negatives' scores, sorted by name. */
  get lossBySource(): Record<string, number> {
    const all = [...this.#pull.values()].reduce((a, b) => a + b, 0);
    // A loss on truncated embeddings only has no gradient with respect to the scores.
    if (all === 0 && this.loss > 0) return {};
    const names = [...this.#pull.keys()].sort();
    return Object.fromEntries(names.map((name) => [name, all > 0 ? this.loss * this.#pull.get(name)! / all : 0]));
  }
}
