/**
 * The known names nearest to `name` by edit distance, best first. Empty if none is near.
 *
 * @category Core
 *
 * @example
 * ```ts
 * import { nearest } from "./nearest.ts";
 * console.log(nearest("hybird", ["hybrid", "direct"])); // [ "hybrid" ]
 * ```
 */
export function nearest(name: string, known: Iterable<string>, count = 3): string[] {
  const limit = Math.max(2, Math.ceil(name.length / 3));
  const lower = name.toLowerCase();
  return [...known]
    .map((other) => {
      const candidate = other.toLowerCase();
      const contains = candidate.includes(lower) || (candidate.length > 2 && lower.includes(candidate));
      return { other, distance: contains ? 0.5 : editDistance(lower, candidate) };
    })
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance || (a.other < b.other ? -1 : 1))
    .slice(0, count)
    .map(({ other }) => other);
}

/**
 * The end of a message about an unknown name: `did you mean "x" or "y"?`, or all known names if none is near.
 *
 * @category Core
 *
 * @example
 * ```ts
 * import { suggestion } from "./nearest.ts";
 * console.log(suggestion("hybird", ["hybrid", "direct"])); // did you mean "hybrid"?
 * console.log(suggestion("x", ["hybrid", "direct"])); // known: direct, hybrid
 * ```
 */
export function suggestion(name: string, known: Iterable<string>): string {
  const names = [...known];
  const near = nearest(name, names);
  if (near.length > 0) return `did you mean ${near.map((n) => `"${n}"`).join(" or ")}?`;
  return `known: ${names.sort().join(", ")}`;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      row[j] = Math.min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    previous = row;
  }
  return previous[b.length];
}
