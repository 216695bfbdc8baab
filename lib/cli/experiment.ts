import { textTable } from "../core/text_table.ts";
import { join } from "node:path";
import { ArgumentError } from "../core/errors.ts";
import { signed } from "../core/format_numbers.ts";
import {
  differences,
  finding,
  type FinishedRun,
  loadConfig,
  matters,
  openRun,
  prepare,
  PRESETS,
  resumeExperiment,
  runCell,
  runExperiment,
  type RunSummary,
  slurm,
  startRun,
  writeReport,
} from "../experiments/mod.ts";
import { type RunFolder, shownPath } from "../experiments/run_folder.ts";
import { command } from "./arguments.ts";
import { main } from "./run_command.ts";
import { PROMPT_OPTIONS, promptsOf } from "./shared_options.ts";

const experiment = command({
  name: "experiment",
  about: "Trains an encoder with different negatives and tells, with evidence, which ones help.",
  positionals: [
    {
      name: "what?",
      about: `a preset (${Object.keys(PRESETS).join(", ")}), a configuration file (.json, .ts), or one of ` +
        "list, resume, report, reproduce, compare, cell [default: facets]",
    },
    { name: "run…", about: "run folders, for resume, report, reproduce, compare and cell" },
  ],
  options: {
    set: { type: "list", about: "change a setting of the configuration, repeatable", placeholder: "path=value" },
    encoder: { type: "text", about: "short for --set encoder=…: built-in, a folder, hf:owner/name@revision" },
    ...PROMPT_OPTIONS,
    seeds: { type: "integer", about: "short for --set seeds=…" },
    out: { type: "text", about: "run folder to make [default: data/runs/<name>-<time>]", placeholder: "folder" },
    jobs: { type: "integer", about: "cells at a time, each in its own process [default: cores / threads]" },
    slurm: { type: "flag", about: "run the cells as a Slurm job array; with `resume`, those that are missing" },
    sbatch: { type: "list", about: "further option for sbatch, repeatable", placeholder: "option" },
    prepare: { type: "flag", about: "make the run folder and the candidates, and stop before training" },
    cell: { type: "text", about: "with `cell`: which one", placeholder: "i/n" },
    dry: { type: "flag", about: "print the configuration and stop" },
  },
  examples: [
    "experiment",
    "experiment paper --seeds 5 --set train.epochs=3",
    "experiment transformer --encoder my-model",
    "experiment resume data/runs/facets-20261121-120000",
    "experiment reproduce data/runs/facets-20261121-120000",
    "experiment paper --prepare --out data/runs/paper-1 && deno task experiment cell data/runs/paper-1 --cell 3/34",
    "experiment paper --slurm --sbatch=--partition=cpu",
  ],
  async run({ positionals: [what = "facets", ...runs], options, signal }) {
    const sweep = { jobs: options.jobs, signal };
    if (options.jobs !== undefined && options.jobs < 1) {
      throw new ArgumentError(`--jobs must be 1 or more, found ${options.jobs}`);
    }
    const throughSlurm = async (run: RunFolder) => {
      await prepare(run, { signal });
      await slurm(run, { sbatch: options.sbatch, signal });
      tell({ run, summary: await writeReport(run) });
    };
    const folders = (count: number) => {
      if (runs.length !== count) {
        throw new ArgumentError(
          `\`experiment ${what}\` takes ${count} run folder${count > 1 ? "s" : ""}, found ${runs.length}`,
        );
      }
      return runs;
    };
    if (SAVED.includes(what)) {
      const changes = ["set", "encoder", "query-prompt", "document-prompt", "seeds"] as const;
      const given = changes.find((name) => options[name] !== undefined && options[name]!.toString() !== "");
      if (given) throw new ArgumentError(`\`experiment ${what}\` takes the run's own settings: found --${given}`);
      if (options.slurm && what !== "resume") throw new ArgumentError(`\`experiment ${what}\` takes no --slurm`);
    }
    switch (what) {
      case "list":
        for (const [name, { about }] of Object.entries(PRESETS)) console.log(`${name.padEnd(18)}${about}`);
        return;
      case "resume":
        if (options.slurm) return await throughSlurm(await openRun(folders(1)[0]));
        return tell(await resumeExperiment(folders(1)[0], sweep));
      case "report": {
        const run = await openRun(folders(1)[0]);
        return tell({ run, summary: await writeReport(run) });
      }
      case "cell": {
        const run = await openRun(folders(1)[0]);
        const cell = cellOf(options.cell, run.cells.length);
        const { arm, values, seconds } = await runCell(run, run.cells[cell], { signal });
        const [measure, value] = Object.entries(values)[0];
        console.log(`${arm}: ${measure} ${value.toFixed(4)}, ${seconds.toFixed(1)} s`);
        return;
      }
      case "compare": {
        const [first, second] = folders(2);
        return compareRuns(first, second);
      }
      case "reproduce": {
        const first = await openRun(folders(1)[0]);
        const { run } = await runExperiment(first.manifest.config, {
          ...sweep,
          out: options.out,
          reproduces: first.path,
        });
        return compareRuns(first.path, run.path);
      }
    }
    if (runs.length > 0) throw new ArgumentError(`Unexpected argument "${runs[0]}": a new run takes --out`);
    const set = [
      ...options.encoder === undefined ? [] : [`encoder=${JSON.stringify(options.encoder)}`],
      ...Object.entries(promptsOf(options).prompts ?? {}).map(([kind, text]) =>
        `prompts.${kind}=${JSON.stringify(text)}`
      ),
      ...options.seeds === undefined ? [] : [`seeds=${options.seeds}`],
      ...options.set,
    ];
    const config = await loadConfig(what, { set });
    if (options.dry) return console.log(JSON.stringify(config, null, 2));
    if (!options.slurm && !options.prepare) return tell(await runExperiment(config, { ...sweep, out: options.out }));
    const run = await startRun(config, { ...sweep, out: options.out });
    if (options.slurm) return await throughSlurm(run);
    console.log(`Prepared ${run.cells.length} cells: ${shownPath(run.path)}`);
  },
});

/** What works on run folders that are there. */
const SAVED = ["resume", "report", "reproduce", "compare", "cell"];

function cellOf(text: string | undefined, cells: number): number {
  const match = /^(\d+)\/(\d+)$/.exec(text ?? "");
  const index = Number(match?.[1]);
  if (!match || Number(match[2]) !== cells || index < 1 || index > cells) {
    throw new ArgumentError(`--cell must be i/${cells} with i from 1 to ${cells}, found "${text ?? "nothing"}"`);
  }
  return index - 1;
}

async function compareRuns(first: string, second: string): Promise<number> {
  const found = await differences(await openRun(first), await openRun(second));
  if (found.length === 0) {
    console.log("Equal: inputs, rankings, scores, training events and versions have the same digests.");
  }
  for (const { what, first, second } of found) console.log(`${what}: ${first} | ${second}`);
  const results = found.filter(matters);
  if (found.length > 0) {
    console.log(
      results.length === 0
        ? "Results and inputs are equal; only what is listed differs."
        : `${results.length} differences`,
    );
  }
  return results.length === 0 ? 0 : 1;
}

function tell({ run, summary }: FinishedRun): void {
  const { config } = run.manifest;
  console.log(armsTable(summary));
  console.log();
  for (
    const sentence of finding(summary, { alpha: 1 - config.statistics.confidence, margin: config.statistics.margin })
  ) {
    console.log(sentence);
  }
  console.log(`\nReport: ${shownPath(join(run.path, "report.html"))}`);
}

/** The arms as a table for a terminal. */
function armsTable({ arms, measure, baseline }: RunSummary): string {
  const rows: string[][] = [];
  for (const { arm, mean, interval: [low, high], seeds, baseline: t } of arms) {
    const p = t === undefined ? "" : t.adjusted < 0.001 ? "<0.001" : t.adjusted.toFixed(3);
    rows.push([
      arm,
      mean.toFixed(4),
      `${low.toFixed(3)}–${high.toFixed(3)}`,
      t ? signed(t.difference, 4) : "",
      p,
      String(seeds),
    ]);
  }
  return textTable(["arm", measure, "interval", `over ${baseline}`, "p (Holm)", "seeds"], rows, { align: "lrrrrr" });
}

if (import.meta.main) await main(experiment);
export default experiment;
