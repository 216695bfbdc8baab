/** Characters of a class, with a cache by code unit. */
export class CharacterSet {
  readonly #pattern: RegExp;
  /** By code unit: 0 unknown, 1 member, 2 not a member. */
  readonly #known = new Uint8Array(1 << 16);

  constructor(source: string, ignoreCase: boolean) {
    this.#pattern = new RegExp(`^${source}$`, ignoreCase ? "iv" : "v");
  }

  has(point: number): boolean {
    if (point > 0xffff) return this.#pattern.test(String.fromCodePoint(point));
    return (this.#known[point] ||= this.#pattern.test(String.fromCharCode(point)) ? 1 : 2) === 1;
  }
}
