/**
 * The bucket of relative attention bias for a key `distance` tokens after the query (T5, Raffel et al. 2020, as MPNet
 * uses it): half of the buckets for each direction, the first half of those exact, the others logarithmic up to 128.
 */
export function relativeBucket(distance: number, buckets: number): number {
  const half = buckets / 2;
  const exact = half / 2;
  const side = distance > 0 ? half : 0;
  const n = Math.abs(distance);
  if (n < exact) return side + n;
  const far = exact + Math.floor(Math.fround(Math.log(n / exact)) / Math.log(128 / exact) * (half - exact));
  return side + Math.min(half - 1, far);
}
