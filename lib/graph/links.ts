/** Directed links between values. */
export class Links<T> {
  readonly #links = new Map<T, Set<T>>();

  /** Adds a link. */
  add(from: T, to: T): void {
    const known = this.#links.get(from);
    if (known) known.add(to);
    else this.#links.set(from, new Set([to]));
  }

  /** All values that links lead to, directly or through others, without the start. */
  reachable(from: T): Set<T> {
    const found = new Set([from]);
    for (const each of found) for (const to of this.#links.get(each) ?? []) found.add(to);
    found.delete(from);
    return found;
  }
}
