import { ArgumentError } from "../core/errors.ts";
import { loadCollection } from "../collections/mod.ts";
import {
  configSchema,
  loadConfig,
  PRESETS,
  runExperiment,
  searchSettings,
  shownPath,
  startConfig,
  startRun,
  trialConfig,
} from "../experiments/mod.ts";
import { command, type Outcome } from "./arguments.ts";
import { EXPERIMENT_ACTIONS, finished, runOnSlurm } from "./experiment_actions.ts";
import { EXPERIMENT_FLAGS, type ExperimentFlags } from "./experiment_flags.ts";
import { printSearch } from "./experiment_summary.ts";
import { main } from "./run_command.ts";
import { promptsOf } from "./shared_options.ts";
import { againWithSlurm, mayUseSlurm } from "./with_slurm.ts";

const ACTIONS = Object.keys(EXPERIMENT_ACTIONS);

/** `deno task experiment`: trains an encoder with different negatives and compares them. */
const experiment = command({
  name: "experiment",
  about: "Train an encoder with different negatives and report which ones help",
  positionals: [
    {
      name: "what?",
      about: `a preset (${Object.keys(PRESETS).join(", ")}), a configuration file (.json, .ts), list (of presets), ` +
        `an action on run folders (${ACTIONS.join(", ")}), init (write a configuration for a ` +
        "collection), sweep (search settings on dev), or schema (of configurations, for editors) [default: facets]",
    },
    { name: "run…", about: "run folders of the action, the collection of init, or the configuration of sweep" },
  ],
  options: EXPERIMENT_FLAGS,
  examples: [
    "experiment",
    "experiment paper --seeds 5 --set train.epochs=3",
    "experiment transformer --encoder my-model",
    "experiment init my-collection > my.json",
    "experiment my.json --arms none,random,bm25",
    "experiment sweep my.json --over train.learningRate=1e-5,2e-5,5e-5 --budget 40",
    "experiment resume data/runs/facets-20261121-120000",
    "experiment reproduce data/runs/facets-20261121-120000",
    "experiment paper --prepare --out data/runs/paper-1",
    "experiment cell data/runs/paper-1 --cell 3/34",
    "experiment paper --slurm --sbatch=--partition=cpu",
  ],
  async run({ positionals: [what = "facets", ...folders], options: flags, signal }) {
    const { jobs, out } = flags;
    if (flags.slurm && !await mayUseSlurm()) return await againWithSlurm("experiment");
    if (jobs !== undefined && jobs < 1) throw new ArgumentError(`--jobs must be an integer >= 1, found ${jobs}`);
    if (what === "list") {
      for (const [name, { about }] of Object.entries(PRESETS)) console.log(`${name.padEnd(18)}${about}`);
      return;
    }
    if (what === "schema") return console.log(JSON.stringify(configSchema(), null, 2));
    if (what === "init") return await init(folders, signal);
    if (what === "sweep") return await search(folders, flags, signal);
    if (flags.over.length > 0) throw new ArgumentError("--over belongs to `experiment sweep`");
    if (Object.hasOwn(EXPERIMENT_ACTIONS, what)) {
      checkAction(what, folders, flags);
      return await EXPERIMENT_ACTIONS[what].run(folders, flags, signal);
    }
    if (folders.length > 0) throw new ArgumentError(`Unexpected argument "${folders[0]}": a new run takes --out`);
    const config = await loadConfig(what, { arms: armsOf(flags), set: settings(flags) });
    if (flags["dry-run"]) return console.log(JSON.stringify(config, null, 2));
    if (!flags.slurm && !flags.prepare) {
      return await finished(await runExperiment(config, { jobs, signal, out }), flags);
    }
    const run = await startRun(config, { jobs, signal, out });
    if (flags.slurm) return await runOnSlurm(run, flags, signal);
    console.log(`Prepared ${run.cells.length} cells: ${shownPath(run.path)}`);
  },
});

function armsOf({ arms }: ExperimentFlags): string[] | undefined {
  return arms?.split(",").map((name) => name.trim()).filter(Boolean);
}

/** Searches settings of a preset or configuration on dev. */
async function search(
  [source = "facets", ...more]: readonly string[],
  flags: ExperimentFlags,
  signal: AbortSignal,
): Promise<Outcome | void> {
  if (more.length > 0) throw new ArgumentError(`Unexpected argument "${more[0]}": sweep takes one configuration`);
  const { over, budget, jobs, out, sbatch } = flags;
  const config = trialConfig(await loadConfig(source, { arms: armsOf(flags), set: settings(flags) }), { over, budget });
  if (flags["dry-run"]) return console.log(JSON.stringify(config, null, 2));
  const run = await startRun(config, { jobs, signal, out });
  if (flags.prepare) return console.log(`Prepared ${run.cells.length} cells: ${shownPath(run.path)}`);
  return printSearch(await searchSettings(run, { jobs, signal, ...(flags.slurm ? { sbatch } : {}) }));
}

/** Prints a configuration to start from. */
async function init([folder, ...more]: readonly string[], signal: AbortSignal): Promise<void> {
  if (folder === undefined || more.length > 0) {
    throw new ArgumentError(`\`experiment init\` takes one collection, found ${more.length + (folder ? 1 : 0)}`);
  }
  console.log((await startConfig(folder, await loadCollection(folder, { signal }))).trimEnd());
}

/** Refuses flags that would change a run, and a wrong number of run folders. */
function checkAction(what: string, found: readonly string[], flags: ExperimentFlags): void {
  const { folders } = EXPERIMENT_ACTIONS[what];
  const changes = ["set", "arms", "keep", "encoder", "query-prompt", "document-prompt", "seeds"] as const;
  const given = changes.find((name) => flags[name] !== undefined && flags[name]!.toString() !== "");
  if (given) throw new ArgumentError(`\`experiment ${what}\` takes the run's own settings: found --${given}`);
  if (flags.slurm && what !== "resume") throw new ArgumentError(`\`experiment ${what}\` takes no --slurm`);
  if (found.length === folders) return;
  throw new ArgumentError(
    `\`experiment ${what}\` takes ${folders} run folder${folders > 1 ? "s" : ""}, found ${found.length}`,
  );
}

/** The flags as settings of the configuration. */
function settings(flags: ExperimentFlags): string[] {
  const prompts = Object.entries(promptsOf(flags).prompts ?? {});
  return [
    ...flags.encoder === undefined ? [] : [`encoder=${JSON.stringify(flags.encoder)}`],
    ...prompts.map(([kind, text]) => `prompts.${kind}=${JSON.stringify(text)}`),
    ...flags.keep === undefined ? [] : [`keep=${flags.keep}`],
    ...flags.seeds === undefined ? [] : [`seeds=${flags.seeds}`],
    ...flags.set,
  ];
}

if (import.meta.main) await main(experiment);
export default experiment;
