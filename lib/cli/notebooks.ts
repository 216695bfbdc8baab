import { basename, join, relative, resolve } from "node:path";
import { ArgumentError } from "../core/errors.ts";
import { suggestion } from "../core/nearest.ts";
import { command } from "./arguments.ts";
import { main } from "./run_command.ts";
import { differences, EXACT, OTHER_PROCESSOR } from "./jupyter/compare.ts";
import { extractCells } from "./jupyter/extract.ts";
import { readNotebook, writeNotebook } from "./jupyter/notebook.ts";
import { runNotebook } from "./jupyter/run_notebook.ts";

const ROOT = resolve(import.meta.dirname!, "..", "..");

/** `deno task notebooks`: runs the notebooks in a Deno kernel and compares their outputs with the committed ones. */
export const notebooks = command({
  name: "notebooks",
  about: "Run the notebooks in a Deno kernel and compare their outputs, timings aside, with the committed ones",
  positionals: [{ name: "notebooks…", about: "names or paths [default: all of notebooks/]" }],
  options: {
    check: { type: "flag", about: "do not write new outputs" },
    exact: { type: "flag", about: "allow no difference [default: 2 %, for other processors]" },
    timeout: { type: "integer", about: "seconds per cell", default: 300 },
  },
  examples: ["notebooks", "notebooks 03_negatives --check"],
  async run({ positionals, options, signal }) {
    const paths = await findNotebooks(positionals);
    const errors = await typeErrors(paths);
    if (errors !== undefined) {
      console.error(errors);
      return 1;
    }
    let failed = 0;
    for (const path of paths) {
      const name = relative(ROOT, path);
      const before = await readNotebook(path);
      const run = await runNotebook(path, before, { timeout: options.timeout * 1000, signal });
      const changes = differences(before, run.notebook, options.exact ? EXACT : OTHER_PROCESSOR);
      const write = changes.length > 0 && run.faults.length === 0 && !options.check;
      if (write) await writeNotebook(path, run.notebook);
      const seconds = `${run.seconds.toFixed(1)} s`;
      if (run.faults.length + changes.length === 0) {
        console.log(`${name}: as committed, ${seconds}`);
        continue;
      }
      failed++;
      for (const fault of run.faults) console.error(`${name}: ${fault}`);
      for (const change of changes) console.error(`${name}: ${change}`);
      if (write) {
        console.error(`${name}: wrote new outputs, ${seconds}; review the difference before committing`);
      }
    }
    return failed === 0 ? 0 : 1;
  },
});

/** Paths of the named notebooks. A name is a path, or a file in notebooks/ with or without its extension. */
export async function findNotebooks(names: readonly string[]): Promise<string[]> {
  const folder = join(ROOT, "notebooks");
  const known: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    if (entry.name.endsWith(".ipynb")) known.push(join(folder, entry.name));
  }
  known.sort();
  if (names.length === 0) return known;
  return names.map((name) => {
    if (name.includes("/")) return resolve(name);
    const found = known.find((path) => basename(path) === name || basename(path, ".ipynb") === name);
    if (found) return found;
    throw new ArgumentError(
      `Unknown notebook "${name}": ${suggestion(name, known.map((path) => basename(path, ".ipynb")))}`,
    );
  });
}

/** The type checker's errors in the cells of notebooks; undefined if there are none. */
export async function typeErrors(paths: readonly string[]): Promise<string | undefined> {
  const scratch = join(ROOT, "tests", ".output");
  await Deno.mkdir(scratch, { recursive: true });
  const folder = await Deno.makeTempDir({ dir: scratch, prefix: "notebooks-" });
  try {
    const files: string[] = [];
    for (const path of paths) {
      const file = join(folder, `${basename(path, ".ipynb")}.ts`);
      await Deno.writeTextFile(file, extractCells(await readNotebook(path)));
      files.push(file);
    }
    const check = new Deno.Command(Deno.execPath(), {
      args: ["check", "--quiet", ...files],
      cwd: ROOT,
      env: { NO_COLOR: "1" },
    });
    const { success, stderr } = await check.output();
    return success ? undefined : new TextDecoder().decode(stderr).trim();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) await main(notebooks);
