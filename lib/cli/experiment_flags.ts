import type { Values } from "./arguments.ts";
import { PROMPT_OPTIONS } from "./shared_options.ts";

/** Options of `deno task experiment`. */
export const EXPERIMENT_FLAGS = {
  set: { type: "list", about: "change a setting of the configuration; repeatable", placeholder: "path=value" },
  encoder: {
    type: "text",
    about: "short for --set encoder=…: built-in, a folder, hf:owner/name@revision",
    placeholder: "name",
  },
  ...PROMPT_OPTIONS,
  arms: {
    type: "text",
    about: "run only these arms, separated by commas; none is the untrained encoder",
    placeholder: "names",
  },
  keep: {
    type: "text",
    about: "short for --set keep=…: trained encoders to keep",
    choices: ["best", "all", "none"],
  },
  seeds: { type: "integer", about: "short for --set seeds=…" },
  out: { type: "text", about: "run folder to create [default: data/runs/<name>-<time>]", placeholder: "folder" },
  jobs: { type: "integer", about: "cells at a time, one process each [default: cores / threads]" },
  slurm: { type: "flag", about: "run the cells as a Slurm job array; with resume, only missing ones" },
  sbatch: { type: "list", about: "option for sbatch; repeatable", placeholder: "option" },
  prepare: { type: "flag", about: "create the run folder, mine the candidates and stop before training" },
  tensorboard: { type: "flag", about: "write the events of every cell for TensorBoard into the run folder" },
  over: { type: "list", about: "with sweep: a setting and its values; repeatable", placeholder: "path=a,b,…" },
  budget: { type: "integer", about: "with sweep: most cells to run", default: 40 },
  cell: { type: "text", about: "with cell: which one", placeholder: "i/n" },
  "dry-run": { type: "flag", about: "print the configuration and stop", formerly: "dry" },
} as const;

/** Values of {@link EXPERIMENT_FLAGS}. */
export type ExperimentFlags = Values<typeof EXPERIMENT_FLAGS>;
