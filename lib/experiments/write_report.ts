import { join } from "node:path";
import { writeAtomic } from "../core/mod.ts";
import { readBasis } from "./basis.ts";
import { collectionOf } from "./load_inputs.ts";
import { keptCells } from "./kept_encoders.ts";
import { figuresOf, saveFigures } from "./report/figures.ts";
import type { Findings } from "./report/negatives_section.ts";
import { reportPage } from "./report/page.ts";
import { readForecast } from "./forecast.ts";
import { biasSummary } from "./report/bias_summary.ts";
import { summarizeForecast } from "./report/forecast_summary.ts";
import { readResults } from "./report/results.ts";
import { type RunSummary, summarizeRun } from "./report/summary.ts";
import { transferSummaries } from "./report/transfer_summary.ts";
import { writeCards } from "./write_cards.ts";
import type { RunFolder } from "./run_folder.ts";
import { lockedRun } from "./run_lock.ts";

/**
 * Summarizes a finished run: summary.json, figures, and report.html, one file that opens from disk without a network.
 * Everything in it is computed from the run folder.
 *
 * @category Experiments
 *
 * @throws {KitError} if cells are missing.
 *
 * @example
 * ```ts ignore
 * import { openRun, writeReport } from "./mod.ts";
 * const { best } = await writeReport(await openRun("data/runs/facets-20261121-120000"));
 * ```
 */
export async function writeReport(run: RunFolder): Promise<RunSummary> {
  return await lockedRun(run, "write the report", () => writeRunReport(run));
}

/** {@link writeReport} for a caller that holds the run's lock. */
export async function writeRunReport(run: RunFolder): Promise<RunSummary> {
  const { config } = run.manifest;
  const basis = await readBasis(run);
  const results = await readResults(run);
  const computed = summarizeRun(run, results, await collectionOf(config));
  const sources = await readForecast(run);
  const bias = await biasSummary(run);
  const foreseen = summarizeForecast(config, sources, results);
  const transfers = await transferSummaries(run);
  const summary: RunSummary = {
    ...computed,
    ...(transfers.length > 0 ? { transfers } : {}),
    ...(bias.length > 0 ? { bias } : {}),
    ...(foreseen ? { forecast: foreseen } : {}),
    ...(basis?.cuts ? { cuts: basis.cuts } : {}),
  };
  const write = (name: string, text: string) => writeAtomic(join(run.path, name), text, { overwrite: true });
  await write("summary.json", `${JSON.stringify(summary, null, 2)}\n`);
  const figures = await figuresOf(run, summary);
  await saveFigures(run, figures);
  const audit: Findings = JSON.parse(await Deno.readTextFile(join(run.path, "audit.json")));
  await write(
    "report.html",
    await reportPage(run, {
      summary,
      figures,
      audit,
      basis,
      forecast: sources ?? [],
      cells: results.reports,
      encoders: await keptCells(run),
    }),
  );
  await writeCards(run, summary);
  return summary;
}
