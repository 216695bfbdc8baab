import { join } from "node:path";
import { exists } from "../core/mod.ts";
import type { CellReport } from "./cell.ts";
import type { Inputs } from "./inputs.ts";
import type { RunFolder } from "./run_folder.ts";

/** One thing that two runs do not share. */
export interface Difference {
  /** "input encoder", "hybrid/2 scores", "package onnxruntime-node" … */
  what: string;
  first: string;
  second: string;
}

/** What differs between two runs, results first; empty when the digests of all inputs and results are equal. */
export async function differences(first: RunFolder, second: RunFolder): Promise<Difference[]> {
  const [a, b] = [await facts(first), await facts(second)];
  const found: Difference[] = [];
  for (const what of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const [left, right] = [a[what] ?? "absent", b[what] ?? "absent"];
    if (left !== right) found.push({ what, first: left, second: right });
  }
  return found;
}

/** Whether a difference is one of results or inputs, not only of versions and machine. */
export function matters({ what }: Difference): boolean {
  return !what.startsWith("environment ");
}

async function facts(run: RunFolder): Promise<Record<string, string>> {
  const facts: Record<string, string> = {};
  for (const cell of run.cells) {
    const file = join(run.path, cell.folder, "cell.json");
    if (!await exists(file)) continue;
    const { digests }: CellReport = JSON.parse(await Deno.readTextFile(file));
    for (const [table, digest] of Object.entries(digests)) {
      facts[`result ${cell.arm}/${cell.repetition + 1} ${table}`] = digest.slice(0, 16);
    }
  }
  const inputs = join(run.path, "inputs.json");
  if (await exists(inputs)) {
    const read: Inputs = JSON.parse(await Deno.readTextFile(inputs));
    for (const [name, digest] of Object.entries(read)) facts[`input ${name}`] = digest.slice(0, 16);
  }
  const { packages, ...rest } = run.manifest.environment;
  for (const [name, value] of Object.entries({ ...rest, ...packages })) facts[`environment ${name}`] = String(value);
  for (const [name, value] of flat(run.manifest.config)) facts[`config ${name}`] = value;
  return facts;
}

function* flat(value: unknown, path = ""): Generator<[string, string]> {
  if (typeof value !== "object" || value === null) yield [path, JSON.stringify(value)];
  else for (const [key, inner] of Object.entries(value)) yield* flat(inner, path ? `${path}.${key}` : key);
}
