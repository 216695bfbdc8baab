import assert from "node:assert/strict";

/** Equal except for the last digits of numbers, which depend on the processor. */
export function assertNear(found: string, expected: string): void {
  const numbers = /[-−+]?\d[\d,]*(?:\.\d+)?/g;
  assert.deepEqual(found.replaceAll(numbers, "#"), expected.replaceAll(numbers, "#"));
  const [a, b] = [found, expected].map((text) =>
    (text.match(numbers) ?? []).map((n) => Number(n.replaceAll(",", "").replace("−", "-")))
  );
  a.forEach((value, i) => {
    const close = Math.abs(value - b[i]) <= Math.max(0.01, 0.03 * Math.abs(b[i]));
    assert.ok(close, `found ${value}, the README says ${b[i]}:\n${found}`);
  });
}

/** The words of a drawing, line by line. */
export function wordsOf(svg: string): string {
  return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text).join("\n");
}
