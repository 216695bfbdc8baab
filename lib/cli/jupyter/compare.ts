import { type Notebook, type Output, sortedKeys } from "./notebook.ts";

/** How far numbers may differ: by the larger of the two. */
export interface Tolerance {
  readonly relative: number;
  readonly absolute: number;
}

/** Only timings may differ. */
export const EXACT: Tolerance = { relative: 0, absolute: 0 };

/** The last digits of trained weights, and with them the figures, depend on the processor. */
export const OTHER_PROCESSOR: Tolerance = { relative: 0.02, absolute: 0.01 };

/** Differences between the outputs of two runs of a notebook, timings aside. */
export function differences(before: Notebook, after: Notebook, tolerance: Tolerance): string[] {
  return after.cells.flatMap((cell, i) => {
    if (cell.cell_type !== "code") return [];
    const [old, current] = [before.cells[i]?.outputs ?? [], cell.outputs ?? []];
    if (old.length !== current.length) return [`cell ${i + 1}: ${old.length} outputs before, ${current.length} now`];
    return current.flatMap((output, j) => {
      const difference = compareOutputs(old[j], output, tolerance);
      return difference === undefined ? [] : [`cell ${i + 1}, output ${j + 1}: ${difference}`];
    });
  });
}

function compareOutputs(before: Output, after: Output, tolerance: Tolerance): string | undefined {
  if (before.output_type !== after.output_type) return `${before.output_type} before, ${after.output_type} now`;
  const [old, current] = [before, after].map((output): Record<string, unknown> => ({
    ...(output.text !== undefined && { [output.name ?? "stream"]: output.text }),
    ...output.data,
  }));
  // The picture follows from the specification beside it.
  if (tolerance !== EXACT && SPECIFICATION in current) delete old["image/svg+xml"], delete current["image/svg+xml"];
  const types = Object.keys(current);
  if (Object.keys(old).sort().join() !== types.toSorted().join()) {
    return `${Object.keys(old).join(", ")} before, ${types.join(", ")} now`;
  }
  for (const type of types) {
    const [a, b] = [old[type], current[type]].map((value) =>
      typeof value === "string" ? value : JSON.stringify(value, sortedKeys)
    );
    const difference = compareTexts(a, b, tolerance);
    if (difference !== undefined) return `${type}: ${difference}`;
  }
}

const SPECIFICATION = "application/vnd.vegalite.v5+json";
const NUMBER = /[-−+]?\d+(?:[,.]\d+)*(?:e[-+]?\d+)?/g;
const TIMING = /(?<![\w.])\d[\d,.]*\s?(?:µs|ms|s|min|h|seconds|minutes)(?![\w])|\d[\d,.]*(?=\s?\w*\/s(?!\w))/g;

function compareTexts(before: string, after: string, tolerance: Tolerance): string | undefined {
  const [a, b] = [before, after].map((text) => text.replaceAll(TIMING, "<time>"));
  if (a === b) return;
  const [wordsA, wordsB] = [a, b].map((text) => text.split(NUMBER));
  const [numbersA, numbersB] = [a, b].map((text) => text.match(NUMBER) ?? []);
  for (let i = 0; i < Math.max(wordsA.length, wordsB.length); i++) {
    if (wordsA[i] !== wordsB[i]) return excerpt(wordsA.slice(i).join("#"), wordsB.slice(i).join("#"));
    if (i < numbersA.length && !close(numbersA[i], numbersB[i], tolerance)) {
      return excerpt(`${wordsA[i].slice(-30)}${numbersA[i]}`, `${wordsB[i].slice(-30)}${numbersB[i]}`);
    }
  }
}

function close(a: string, b: string | undefined, { relative, absolute }: Tolerance): boolean {
  if (a === b) return true;
  const [x, y] = [a, b ?? ""].map((text) => Number(text.replaceAll(",", "").replace("−", "-")));
  return Math.abs(x - y) <= Math.max(absolute, relative * Math.max(Math.abs(x), Math.abs(y)));
}

function excerpt(before: string, after: string): string {
  let at = 0;
  while (at < before.length && before[at] === after[at]) at++;
  const cut = (text: string) => JSON.stringify(text.slice(Math.max(0, at - 30), at + 50));
  return `${cut(before)} before, ${cut(after)} now`;
}
