import type { Outcome } from "./arguments.ts";
import { join } from "node:path";
import { signed } from "../core/format_numbers.ts";
import { textTable } from "../core/text_table.ts";
import {
  differences,
  finding,
  type FinishedRun,
  matters,
  openRun,
  type RunSummary,
  type SearchResult,
  shownPath,
  verdict,
} from "../experiments/mod.ts";

/** Prints a run's arms, its finding in words, the path of its report and its verdict, and returns them for programs. */
export function printSummary({ run, summary }: FinishedRun): Outcome {
  const { confidence, margin } = run.manifest.config.statistics;
  const alpha = 1 - confidence;
  console.log(`${armsTable(summary)}\n`);
  for (const sentence of finding(summary, { alpha, margin })) console.log(sentence);
  const report = shownPath(join(run.path, "report.html"));
  console.log(`\nReport: ${report}`);
  const found = verdict(summary, { alpha });
  if (found) console.log(found.line);
  const { line: _, ...fields } = found ?? { line: "" };
  const means = Object.fromEntries(summary.arms.map(({ arm, mean }) => [arm, mean]));
  return { run: shownPath(run.path), report, measure: summary.measure, verdict: found ? fields : null, arms: means };
}

/** Prints the trials of a search and the best settings, and returns them for programs. */
export function printSearch({ run, measure, trials, cells }: SearchResult): Outcome {
  const rows = trials.map(({ settings, mean, seeds, dropped }) => [
    settings.join(" "),
    mean.toFixed(4),
    String(seeds),
    dropped === undefined ? "kept" : `dropped after ${dropped}`,
  ]);
  const { splits } = run.manifest.config;
  console.log(`${textTable(["settings", `${measure} on ${splits.dev}`, "seeds", ""], rows, { align: "lrrl" })}\n`);
  const [best] = trials;
  console.log(`${cells} cells were run: ${shownPath(run.path)}`);
  console.log(`BEST ${best.settings.map((setting) => `--set ${setting}`).join(" ")}`);
  return { run: shownPath(run.path), measure, cells, best: best.settings, trials };
}

/** The arms as a table for a terminal. */
function armsTable({ arms, measure, baseline }: RunSummary): string {
  const rows = arms.map(({ arm, mean, interval: [low, high], seeds, baseline: test }) => [
    ...[arm, mean.toFixed(4), `${low.toFixed(3)}–${high.toFixed(3)}`],
    test ? signed(test.difference, 4) : "",
    test === undefined ? "" : test.adjusted < 0.001 ? "<0.001" : test.adjusted.toFixed(3),
    String(seeds),
  ]);
  return textTable(["arm", measure, "interval", `over ${baseline}`, "p (Holm)", "seeds"], rows, { align: "lrrrrr" });
}

/** Prints how two runs differ. Exit code 1 if inputs or results do. */
export async function compareRuns(first: string, second: string): Promise<number> {
  const found = await differences(await openRun(first), await openRun(second));
  if (found.length === 0) {
    console.log("Equal: inputs, rankings, scores, training events and versions have the same digests.");
    return 0;
  }
  for (const { what, first, second } of found) console.log(`${what}: ${first} | ${second}`);
  const results = found.filter(matters);
  console.log(
    results.length === 0
      ? "Inputs and results are equal; only the lines above differ."
      : `${results.length} ${results.length === 1 ? "difference" : "differences"}`,
  );
  return results.length === 0 ? 0 : 1;
}
