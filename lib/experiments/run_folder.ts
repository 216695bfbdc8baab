import { checkOptions, type OptionKinds } from "../core/options.ts";
import { dirname, join, resolve } from "node:path";
import { exists, fileError, KitError, pathFault, writeAtomic } from "../core/mod.ts";
import { checkConfig } from "./config/check_config.ts";
import { type Environment, environment, KIT, RUNS } from "./environment.ts";
import type { Cell, ExperimentConfig } from "./types.ts";

/** Version of the run folder's layout; a folder of another version is refused. */
export const RUN_VERSION = 1;

/** What a run folder says of itself before anything has run. */
export interface Manifest {
  version: number;
  created: string;
  config: ExperimentConfig;
  environment: Environment;
  /** The run that this one repeats. */
  reproduces?: string;
  /** Digests of what went in, filled by `prepare`. */
  inputs?: Record<string, string>;
}

/** A run folder that is open. */
export interface RunFolder {
  /** Absolute path. */
  readonly path: string;
  readonly manifest: Manifest;
  /** All cells in their order. */
  readonly cells: readonly Cell[];
}

/** Cells of a configuration: every fine-tuned arm once per seed, the others once. */
export function cellsOf(config: ExperimentConfig): Cell[] {
  return config.arms.flatMap(({ name, method }) =>
    Array.from({ length: method === "fine-tuned" ? config.seeds : 1 }, (_, repetition) => ({
      arm: name,
      repetition,
      folder: join("cells", `${name}.${repetition + 1}`),
    }))
  );
}

/** Options of {@link createRun}. */
export interface CreateRunOptions {
  /** Folder to make. @default data/runs/<name>-<date>-<time> */
  out?: string;
  reproduces?: string;
}

/** Kinds of {@link CreateRunOptions}. */
export const CREATE_RUN_OPTIONS: OptionKinds<CreateRunOptions> = { out: "string", reproduces: "string" };

/** Makes a new run folder. @throws {KitError} if it exists: a run folder is never overwritten. */
export async function createRun(config: ExperimentConfig, options: CreateRunOptions = {}): Promise<RunFolder> {
  checkOptions<CreateRunOptions>("createRun", options, CREATE_RUN_OPTIONS);
  const path = options.out === undefined ? await freeName(config.name) : await freePath(options.out);
  const manifest: Manifest = {
    version: RUN_VERSION,
    created: new Date().toISOString(),
    config,
    environment: await environment(),
    reproduces: options.reproduces,
  };
  try {
    // Of two that start the same run at once, one makes the folder.
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.mkdir(path);
  } catch (error) {
    throw fileError("make a run folder", path, error);
  }
  try {
    await Deno.mkdir(join(path, "cells"));
    await writeAtomic(join(path, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  } catch (error) {
    await Deno.remove(path, { recursive: true }).catch(() => {});
    throw fileError("make a run folder", path, error);
  }
  return { path, manifest, cells: cellsOf(config) };
}

/** The absolute path of a new run folder. @throws {KitError} if it is no path, or something of this name exists. */
export async function freePath(out: string): Promise<string> {
  const fault = pathFault(out);
  if (fault) throw new KitError(`Cannot make a run folder: ${fault}`, { file: out });
  const path = resolve(out);
  if (!await exists(path)) return path;
  const folder = (await Deno.lstat(path)).isDirectory;
  throw new KitError(
    folder
      ? "Cannot start a run: the folder exists. Continue it with `experiment resume`, or name another with --out"
      : "Cannot start a run: a file of this name exists. Name another with --out",
    { file: path },
  );
}

async function freeName(name: string): Promise<string> {
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-");
  for (let n = 1;; n++) {
    const path = join(RUNS, `${name}-${stamp}${n === 1 ? "" : `-${n}`}`);
    if (!await exists(path)) return path;
  }
}

/** Opens a run folder. @throws {KitError} if it is none, or of another version. */
export async function openRun(folder: string): Promise<RunFolder> {
  const path = resolve(folder);
  const file = join(path, "manifest.json");
  let manifest: Manifest;
  try {
    manifest = JSON.parse(await Deno.readTextFile(file));
  } catch (cause) {
    throw new KitError(`Cannot open a run: ${(cause as Error).message}`, { file }, { cause });
  }
  if (manifest?.version !== RUN_VERSION) {
    throw new KitError(
      `Cannot open a run of version ${manifest?.version}: this kit reads version ${RUN_VERSION}. ` +
        `It was made by kit ${manifest?.environment?.kit ?? "?"}, commit ${manifest?.environment?.commit ?? "unknown"}`,
      { file },
    );
  }
  return { path, manifest: { ...manifest, config: checkConfig(manifest.config) }, cells: cellsOf(manifest.config) };
}

/** Whether a cell's results are there. */
export function isDone(run: RunFolder, cell: Cell): Promise<boolean> {
  return exists(join(run.path, cell.folder, "cell.json"));
}

/** Cells whose results are not there yet. */
export async function missingCells(run: RunFolder): Promise<Cell[]> {
  const there = await Promise.all(run.cells.map((cell) => isDone(run, cell)));
  return run.cells.filter((_, i) => !there[i]);
}

/** The path to show: relative to the kit where it lies inside. */
export function shownPath(path: string): string {
  return path.startsWith(`${KIT}/`) ? path.slice(KIT.length + 1) : path;
}
