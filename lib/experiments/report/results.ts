import { join } from "node:path";
import { KitError } from "../../core/mod.ts";
import { readTable } from "../../files/mod.ts";
import { SCORES } from "../../tables/mod.ts";
import type { CellReport } from "../cell_report.ts";
import { missingCells, type RunFolder } from "../run_folder.ts";

/** Finished cells of a run, with their main measure by query. */
export interface Results {
  reports: CellReport[];
  /** Arm -> seeds -> value by query, in the order of `queries`. */
  values: Map<string, Float64Array[]>;
  queries: string[];
}

/** Reads the results of all cells. @throws {KitError} with the names of missing cells. */
export async function readResults(run: RunFolder): Promise<Results> {
  await checkComplete(run);
  const main = run.manifest.config.measures[0];
  const results: Results = { reports: [], values: new Map(), queries: [] };
  for (const cell of run.cells) {
    const folder = join(run.path, cell.folder);
    results.reports.push(JSON.parse(await Deno.readTextFile(join(folder, "cell.json"))));
    const scores = await readTable(join(folder, "scores.arrow"), SCORES);
    const byQuery = new Map<string, number>();
    for (const { query_id, measure, value } of scores.rows()) if (measure === main) byQuery.set(query_id, value);
    if (results.queries.length === 0) results.queries = [...byQuery.keys()].sort();
    const values = Float64Array.from(results.queries, (id) => byQuery.get(id) ?? NaN);
    if (byQuery.size !== values.length || values.some(Number.isNaN)) {
      throw new KitError("Cannot summarize the run: its cells have different test queries", { file: folder });
    }
    results.values.set(cell.arm, [...results.values.get(cell.arm) ?? [], values]);
  }
  return results;
}

async function checkComplete(run: RunFolder): Promise<void> {
  const missing = await missingCells(run);
  if (missing.length === 0) return;
  const names = missing.slice(0, 5).map(({ arm, repetition }) => `${arm}/${repetition + 1}`).join(", ");
  throw new KitError(
    `Cannot summarize the run: ${missing.length} of ${run.cells.length} cells are missing (${names}${
      missing.length > 5 ? " …" : ""
    }). Continue it with \`experiment resume\``,
    { file: run.path },
  );
}
