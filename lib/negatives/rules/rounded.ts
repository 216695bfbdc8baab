/** A number as reasons show it: four significant digits. */
export function rounded(value: number): string {
  return String(Number(value.toPrecision(4)));
}
