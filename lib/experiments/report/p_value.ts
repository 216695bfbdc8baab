/** A p-value: "p < 0.001" or "p = 0.042". */
export function pValue(p: number): string {
  return p < 0.001 ? "p < 0.001" : `p = ${p.toFixed(3)}`;
}
