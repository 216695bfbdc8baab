import { createHash } from "node:crypto";

/**
 * The state of a {@link Random}: plain data, for checkpoints.
 *
 * @category Core
 */
export interface RandomState {
  /** Digest of the seed and the labels. */
  key: string;
  /** The generator's 128 bits, in four words. */
  words: [number, number, number, number];
}

/**
 * A seeded stream of random numbers (xoshiro128**, Blackman and Vigna 2018) that forks by label.
 *
 * A fork depends only on the seed and the labels, not on the numbers drawn before, so that a new consumer does not shift
 * the others.
 *
 * @category Core
 *
 * @example
 * ```ts
 * import { random } from "@syneg/kit";
 * const epoch = random(7).fork("shuffle").fork(3);
 * console.log(epoch.shuffle(["a", "b", "c"]));
 * ```
 */
export class Random {
  #key: string;
  #words: Uint32Array;

  /** Continues from a state; see {@link random} for a new stream. */
  constructor(state: RandomState) {
    this.#key = state.key;
    this.#words = Uint32Array.from(state.words);
  }

  /** The independent stream of a label; the same stream for each call. */
  fork(label: string | number): Random {
    return seeded(`${this.#key}/${typeof label}:${label}`);
  }

  /** 32 random bits as an unsigned integer. */
  bits(): number {
    const s = this.#words;
    const result = Math.imul(rotate(Math.imul(s[1], 5), 7), 9) >>> 0;
    const t = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 11);
    return result;
  }

  /** A number in [0, 1) with 53 random bits. */
  next(): number {
    return ((this.bits() >>> 5) * 67108864 + (this.bits() >>> 6)) / 9007199254740992;
  }

  /**
   * A uniform integer in [0, bound).
   *
   * @throws {RangeError} if `bound` is not an integer from 1 to 2^32.
   */
  integer(bound: number): number {
    if (!(Number.isInteger(bound) && bound >= 1 && bound <= 2 ** 32)) {
      throw new RangeError(`bound must be an integer from 1 to 2^32, found ${bound}`);
    }
    const limit = 2 ** 32 - (2 ** 32 % bound);
    while (true) {
      const value = this.bits();
      if (value < limit) return value % bound;
    }
  }

  /** A draw from the standard normal distribution (Box and Muller 1958). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.next()));
    return radius * Math.cos(2 * Math.PI * this.next());
  }

  /** Shuffles `items` in place (Fisher and Yates) and returns `items`. */
  shuffle<T extends { length: number; [index: number]: unknown }>(items: T): T {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      [items[i], items[j]] = [items[j], items[i]];
    }
    return items;
  }

  /**
   * `count` distinct integers of [0, bound) in random order (Floyd's algorithm, then a shuffle).
   *
   * @throws {RangeError} if `count` is greater than `bound`.
   */
  sample(bound: number, count: number): number[] {
    if (count > bound) throw new RangeError(`Cannot sample ${count} of ${bound} without replacement`);
    const chosen = new Set<number>();
    for (let i = bound - count; i < bound; i++) {
      const candidate = this.integer(i + 1);
      chosen.add(chosen.has(candidate) ? i : candidate);
    }
    return this.shuffle([...chosen]);
  }

  /** The state to continue from: `new Random(stream.state())` draws the same numbers. */
  state(): RandomState {
    return { key: this.#key, words: [...this.#words] as RandomState["words"] };
  }
}

/**
 * The random stream of a seed. The streams of two seeds are unrelated; 7 and "7" are two seeds.
 *
 * @category Core
 *
 * @example
 * ```ts
 * import { random } from "@syneg/kit";
 * console.log(random(7).next() === random(7).next()); // true
 * ```
 */
export function random(seed: number | string): Random {
  return seeded(`${typeof seed}:${seed}`);
}

function seeded(key: string): Random {
  const digest = createHash("sha256").update(key).digest();
  const words: RandomState["words"] = [0, 4, 8, 12].map((at) => digest.readUInt32LE(at)) as RandomState["words"];
  return new Random({ key: digest.toString("hex"), words });
}

function rotate(x: number, k: number): number {
  return (x << k) | (x >>> (32 - k));
}
