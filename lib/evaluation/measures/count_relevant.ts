/** Counts the grades of at least `level` among the first `depth`. */
export function countRelevant(grades: ArrayLike<number>, depth: number, level: number): number {
  let found = 0;
  for (let i = 0; i < Math.min(depth, grades.length); i++) if (grades[i] >= level) found++;
  return found;
}
