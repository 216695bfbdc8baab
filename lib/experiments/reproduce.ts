import { join } from "node:path";
import { exists } from "../core/mod.ts";
import type { CellReport } from "./cell_report.ts";
import { INPUTS, type Inputs } from "./inputs.ts";
import type { RunFolder } from "./run_folder.ts";

/**
 * A difference between two runs.
 *
 * @category Experiments
 */
export interface Difference {
  /** What differs: "input encoder", "result hybrid/2 scores", "environment onnxruntime-node" … */
  what: string;
  /** Its value in the first run. */
  first: string;
  /** Its value in the second run. */
  second: string;
}

/**
 * Differences between two runs, results first; empty if the digests of all inputs and results are equal.
 *
 * @category Experiments
 *
 * @example
 * ```ts
 * import { createRun, differences, PRESETS } from "./mod.ts";
 * const { config } = PRESETS.facets;
 * const first = await createRun(config, { out: `${await Deno.makeTempDir()}/first` });
 * const second = await createRun({ ...config, seed: 2 }, { out: `${await Deno.makeTempDir()}/second` });
 * console.log(await differences(first, second)); // [ { what: "config seed", first: "1", second: "2" } ]
 * ```
 */
export async function differences(first: RunFolder, second: RunFolder): Promise<Difference[]> {
  const [a, b] = [await facts(first), await facts(second)];
  const found: Difference[] = [];
  for (const what of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const [left, right] = [a[what] ?? "absent", b[what] ?? "absent"];
    // Earlier versions of the kit did not measure the source bias.
    if (/^result .* bias$/.test(what) && [left, right].includes("absent")) continue;
    if (left !== right) found.push({ what, first: left, second: right });
  }
  return found;
}

/**
 * Whether a difference concerns results, inputs or configuration, not only versions and machine.
 *
 * @category Experiments
 *
 * @example
 * ```ts
 * import { matters } from "./mod.ts";
 * console.log(matters({ what: "environment cores", first: "2", second: "4" })); // false
 * ```
 */
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
  const inputs = join(run.path, INPUTS);
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
