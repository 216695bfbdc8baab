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

/** `deno task notebooks`: runs the notebooks in a real Deno kernel and holds their outputs against the committed ones. */
export const notebooks = command({
  name: "notebooks",
  about: "Run the notebooks in a Deno kernel and compare their outputs with the committed ones, timings apart",
  positionals: [{ name: "notebooks…", about: "names or paths; all of notebooks/ when none is given" }],
  options: {
    check: { type: "flag", about: "write nothing back" },
    exact: { type: "flag", about: "no difference at all; else numbers may differ by 2 %, as on another processor" },
    timeout: { type: "integer", about: "seconds that one cell may take", default: 300 },
  },
  examples: ["notebooks", "notebooks 03_negatives --check"],
  async run({ positionals, options, signal }) {
    const paths = await findNotebooks(positionals);
    const bad = await typeErrors(paths);
    if (bad !== undefined) {
      console.error(bad);
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
        console.error(`${name}: outputs written back, ${seconds}; look at the difference before you commit it`);
      }
    }
    return failed === 0 ? 0 : 1;
  },
});

/** Paths of the notebooks that are named: a path, or a name in notebooks/ with or without its ending. */
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

/** What the type checker says of the cells of these notebooks, or undefined when it is content. */
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
