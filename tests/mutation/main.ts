/**
 * Changes the library in one place at a time and runs the tests that reach that place: a change that none notices points
 * at a test that asserts too little. Prints every survivor and the share that was killed.
 */
import { join, relative } from "node:path";
import { command } from "../../lib/cli/arguments.ts";
import { main } from "../../lib/cli/run_command.ts";
import { progress, random } from "../../lib/core/mod.ts";
import { type Covered, covered, runTest } from "./coverage.ts";
import { type Mutant, mutantsOf, mutated } from "./mutants.ts";

const ROOT = join(import.meta.dirname!, "..", "..");
/** What a mutant is tested in: everything else is linked. */
const COPIED = ["lib", "tests", "data", "notebooks", "mod.ts", "deno.json", "deno.lock", "README.md"];

/** `deno task test:mutation`: measures the tests. Exit code 1 if the share of killed mutants is below `--least`. */
export const mutationCommand = command({
  name: "test:mutation",
  about: "Change the library in one place at a time and count the changes that tests detect",
  positionals: [],
  options: {
    count: { type: "integer", about: "mutants to draw", default: 200 },
    seed: { type: "integer", about: "seed of the draw", default: 1 },
    folders: {
      type: "text",
      about: "folders of lib, joined by commas",
      default: "graph,training,negatives,evaluation,retrieval",
    },
    tests: {
      type: "text",
      about: "folders and files of tests to run, joined by commas",
      default: "graph,training,negatives,evaluation,retrieval,encoders,options_test.ts",
    },
    least: { type: "number", about: "least share killed", default: 0 },
    workers: { type: "integer", about: "mutants tested at a time", default: 2 },
  },
  examples: ["test:mutation --count 20 --folders training"],
  async run({ options: { count, seed, folders, tests, least, workers } }) {
    const files = filesOf(folders.split(","), "lib", (name) => !["mod.ts", "types.ts"].includes(name));
    const sources = new Map(files.map((file) => [file, Deno.readTextFileSync(join(ROOT, file))]));
    const all = [...sources].flatMap(([file, source]) => mutantsOf(file, source))
      .filter((mutant) => !isEquivalent(mutant, sources.get(mutant.file)!));
    const stream = random(seed).fork("mutants");
    const drawn = stream.sample(all.length, Math.min(count, all.length)).map((i) => all[i]);
    const suites = await suitesOf(filesOf(tests.split(","), "tests", (name) => name.endsWith("_test.ts")));

    const bar = progress({ label: "mutants", total: drawn.length });
    const survivors: Mutant[] = [];
    let done = 0;
    const queue = [...drawn];
    await Promise.all(Array.from({ length: workers }, async () => {
      const root = await workspace();
      try {
        for (let mutant = queue.shift(); mutant; mutant = queue.shift()) {
          const reached = suites.filter(({ lines }) => lines.get(mutant.file)?.has(mutant.line));
          if (!await killed(mutant, sources.get(mutant.file)!, reached, root)) {
            survivors.push(mutant);
            console.log(
              `survives (${reached.length} test files reach it): ${shown(mutant, sources.get(mutant.file)!)}`,
            );
          }
          bar.update(++done, `${survivors.length} survive`);
        }
      } finally {
        await Deno.remove(root, { recursive: true });
      }
    }));
    bar.finish();
    const share = 1 - survivors.length / drawn.length;
    console.log(
      `${drawn.length - survivors.length} of ${drawn.length} mutants killed (${(100 * share).toFixed(1)} %), ` +
        `drawn from ${all.length} in ${files.length} files with seed ${seed}`,
    );
    return share >= least ? 0 : 1;
  },
});

/** Whether a test that reaches the mutant fails, or never ends. The quick ones first. */
async function killed(mutant: Mutant, source: string, suites: readonly Covered[], root: string): Promise<boolean> {
  const path = join(root, mutant.file);
  await Deno.writeTextFile(path, mutated(source, mutant));
  try {
    for (const { test, seconds } of suites) {
      if (!await runTest(test, { root, timeout: 1000 * (30 + 5 * seconds) })) return true;
    }
    return false;
  } finally {
    await Deno.writeTextFile(path, source);
  }
}

/** Every test file's coverage, the quick ones first. */
async function suitesOf(tests: readonly string[]): Promise<Covered[]> {
  const bar = progress({ label: "coverage", total: tests.length, unit: "test files" });
  const found: Covered[] = [];
  for (const test of tests) {
    found.push(await covered(test, ROOT));
    bar.update(found.length, test);
  }
  bar.finish();
  return found.sort((a, b) => a.seconds - b.seconds);
}

/** A copy of the project to change files in; the packages are linked. */
async function workspace(): Promise<string> {
  const root = await Deno.makeTempDir({ prefix: "mutants-" });
  for (const name of COPIED) {
    if (name === "data") await Deno.symlink(join(ROOT, name), join(root, name));
    else await copy(join(ROOT, name), join(root, name));
  }
  await Deno.symlink(join(ROOT, "node_modules"), join(root, "node_modules"));
  return root;
}

async function copy(from: string, to: string): Promise<void> {
  if ((await Deno.stat(from)).isFile) return await Deno.copyFile(from, to);
  await Deno.mkdir(to, { recursive: true });
  for await (const { name } of Deno.readDir(from)) await copy(join(from, name), join(to, name));
}

function filesOf(folders: readonly string[], within: string, fits: (name: string) => boolean): string[] {
  const found: string[] = [];
  const walk = (folder: string) => {
    for (const { name, isDirectory } of Deno.readDirSync(folder)) {
      const path = join(folder, name);
      if (isDirectory) walk(path);
      else if (name.endsWith(".ts") && fits(name)) found.push(relative(ROOT, path));
    }
  };
  for (const folder of folders) {
    if (folder.endsWith(".ts")) found.push(join(within, folder));
    else walk(join(ROOT, within, folder));
  }
  return found.sort();
}

/** Lines whose mutants change nothing that a test could see, each with the reason. */
const EQUIVALENT: readonly { readonly file: string; readonly line: string; readonly why: string }[] = JSON.parse(
  Deno.readTextFileSync(join(import.meta.dirname!, "equivalent.json")),
);

function isEquivalent(mutant: Mutant, source: string): boolean {
  return EQUIVALENT.some(({ file, line }) => file === mutant.file && line === lineOf(mutant, source));
}

function lineOf(mutant: Mutant, source: string): string {
  return source.split("\n")[mutant.line - 1].trim();
}

/** `lib/a.ts:12: "x < y" -> "x <= y"`, on one line. */
function shown(mutant: Mutant, source: string): string {
  const change = `${JSON.stringify(mutant.before)} -> ${JSON.stringify(mutant.after)}`;
  return `${mutant.file}:${mutant.line}: ${change} in ${lineOf(mutant, source)}`;
}

if (import.meta.main) await main(mutationCommand);
