/**
 * The `depth` best rows by score, ties by **descending** id: a binary heap in typed arrays with the worst kept row on
 * top.
 */
export class BestRows {
  readonly depth: number;
  size = 0;
  readonly #compareIds: (a: number, b: number) => number;
  readonly #rows: Int32Array;
  readonly #scores: Float32Array;

  constructor(depth: number, compareIds: (a: number, b: number) => number) {
    this.depth = depth;
    this.#compareIds = compareIds;
    this.#rows = new Int32Array(depth);
    this.#scores = new Float32Array(depth);
  }

  /** Scores below this are not kept. */
  get threshold(): number {
    return this.size < this.depth ? -Infinity : this.#scores[0];
  }

  /** The rows kept so far, in no particular order. */
  rows(): Int32Array {
    return this.#rows.subarray(0, this.size);
  }

  /** Offers a row. */
  add(row: number, score: number): void {
    const value = Math.fround(score);
    if (this.size < this.depth) {
      this.#rise(this.size++, row, value);
    } else if (this.#worse(this.#rows[0], this.#scores[0], row, value)) {
      this.#sink(row, value, this.size);
    }
  }

  /** Returns the `size` rows best first and empties the heap. */
  take(): { rows: Int32Array; scores: Float32Array } {
    const rows = new Int32Array(this.size);
    const scores = new Float32Array(this.size);
    for (let at = this.size - 1; at >= 0; at--) {
      rows[at] = this.#rows[0];
      scores[at] = this.#scores[0];
      this.#sink(this.#rows[at], this.#scores[at], at);
    }
    this.size = 0;
    return { rows, scores };
  }

  /** Whether row a ranks below row b. */
  #worse(a: number, scoreA: number, b: number, scoreB: number): boolean {
    return scoreA !== scoreB ? scoreA < scoreB : this.#compareIds(a, b) < 0;
  }

  #rise(at: number, row: number, score: number): void {
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#worse(row, score, this.#rows[parent], this.#scores[parent])) break;
      this.#rows[at] = this.#rows[parent];
      this.#scores[at] = this.#scores[parent];
      at = parent;
    }
    this.#rows[at] = row;
    this.#scores[at] = score;
  }

  /** Puts a row on top of the first `size` items and sinks it to its place. */
  #sink(row: number, score: number, size: number): void {
    let at = 0;
    while (true) {
      let child = 2 * at + 1;
      if (child >= size) break;
      const right = child + 1;
      if (right < size && this.#worse(this.#rows[right], this.#scores[right], this.#rows[child], this.#scores[child])) {
        child = right;
      }
      if (!this.#worse(this.#rows[child], this.#scores[child], row, score)) break;
      this.#rows[at] = this.#rows[child];
      this.#scores[at] = this.#scores[child];
      at = child;
    }
    this.#rows[at] = row;
    this.#scores[at] = score;
  }
}
