import { checkOptions, type OptionKinds } from "../core/options.ts";
import { dirname, join, resolve } from "node:path";
import { exists, fileError, KitError, pathFault, writeAtomic } from "../core/mod.ts";
import { checkConfig } from "./config/check_config.ts";
import { type Environment, environment, KIT, RUNS } from "./environment.ts";
import type { Cell, ExperimentConfig } from "./types.ts";

/** Version of the run folder's layout. Folders of other versions are refused. */
export const RUN_VERSION = 1;

/**
 * Description of a run, written before anything runs.
 *
 * @category Experiments
 */
export interface Manifest {
  /** Version of the folder's layout. */
  version: number;
  /** Time of creation, ISO 8601. */
  created: string;
  /** The whole configuration. */
  config: ExperimentConfig;
  /** Versions and machine. */
  environment: Environment;
  /** Folder of the run that this one repeats. */
  reproduces?: string;
}

/**
 * An open run folder.
 *
 * @category Experiments
 */
export interface RunFolder {
  /** Absolute path. */
  readonly path: string;
  /** Its description. */
  readonly manifest: Manifest;
  /** All cells in their order. */
  readonly cells: readonly Cell[];
}

/** Cells of a configuration: fine-tuned arms once per seed, other arms once. */
export function cellsOf(config: ExperimentConfig): Cell[] {
  return config.arms.flatMap(({ name, method }) =>
    Array.from({ length: method === "fine-tuned" ? config.seeds : 1 }, (_, repetition) => ({
      arm: name,
      repetition,
      folder: join("cells", `${name}.${repetition + 1}`),
    }))
  );
}

/**
 * Options of {@link createRun}.
 *
 * @category Experiments
 */
export interface CreateRunOptions {
  /** Folder to create. Omit for `data/runs/<name>-<date>-<time>`. */
  out?: string;
  /** Folder of the run that this one repeats. */
  reproduces?: string;
}

/** Kinds of {@link CreateRunOptions}. */
export const CREATE_RUN_OPTIONS: OptionKinds<CreateRunOptions> = { out: "string", reproduces: "string" };

/**
 * Creates a run folder.
 *
 * @category Experiments
 *
 * @throws {KitError} if it exists: a run folder is never overwritten.
 *
 * @example
 * ```ts
 * import { createRun, PRESETS } from "./mod.ts";
 * const run = await createRun(PRESETS.facets.config, { out: `${await Deno.makeTempDir()}/first` });
 * console.log(run.cells.length); // 21
 * ```
 */
export async function createRun(config: ExperimentConfig, options: CreateRunOptions = {}): Promise<RunFolder> {
  checkOptions<CreateRunOptions>("createRun", options, CREATE_RUN_OPTIONS);
  const checked = checkConfig(config);
  const path = options.out === undefined ? await freeName(config.name) : await freePath(options.out);
  const manifest: Manifest = {
    version: RUN_VERSION,
    created: new Date().toISOString(),
    config: checked,
    environment: await environment(),
    reproduces: options.reproduces,
  };
  try {
    // If two processes start the same run at once, only one creates the folder.
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
  return { path, manifest, cells: cellsOf(checked) };
}

/** The absolute path of a new run folder. @throws {KitError} if it is not a valid path, or exists. */
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

/**
 * Opens a run folder. Reads the configuration keys of earlier versions, with a note on the console.
 *
 * @category Experiments
 *
 * @throws {KitError} if it is not a run folder, or of another version.
 *
 * @example
 * ```ts
 * import { createRun, openRun, PRESETS } from "./mod.ts";
 * const { path } = await createRun(PRESETS.facets.config, { out: `${await Deno.makeTempDir()}/first` });
 * console.log((await openRun(path)).manifest.config.name); // facets
 * ```
 */
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
  const config = checkConfig(manifest.config);
  return { path, manifest: { ...manifest, config }, cells: cellsOf(config) };
}

/** Whether a cell is finished. */
export function isDone(run: RunFolder, cell: Cell): Promise<boolean> {
  return exists(join(run.path, cell.folder, "cell.json"));
}

/**
 * Cells of a run, or those of `cells`, that are not finished.
 *
 * @category Experiments
 *
 * @example
 * ```ts
 * import { createRun, missingCells, PRESETS } from "./mod.ts";
 * const run = await createRun(PRESETS.facets.config, { out: `${await Deno.makeTempDir()}/first` });
 * console.log((await missingCells(run)).length); // 21
 * ```
 */
export async function missingCells(run: RunFolder, cells: readonly Cell[] = run.cells): Promise<Cell[]> {
  const done = await Promise.all(cells.map((cell) => isDone(run, cell)));
  return cells.filter((_, i) => !done[i]);
}

/**
 * A path for readers, relative to the kit if inside it.
 *
 * @example
 * ```ts
 * import { shownPath } from "@syneg/kit/experiments";
 * console.log(shownPath("/tmp/run")); // /tmp/run
 * ```
 *
 * @category Experiments
 */
export function shownPath(path: string): string {
  return path.startsWith(`${KIT}/`) ? path.slice(KIT.length + 1) : path;
}
