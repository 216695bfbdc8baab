import { join } from "node:path";
import { command } from "../../lib/cli/arguments.ts";
import { main } from "../../lib/cli/run_command.ts";
import { KitError } from "../../lib/core/errors.ts";
import { writeAtomic } from "../../lib/core/files.ts";
import { suggestion } from "../../lib/core/nearest.ts";
import type { Benchmarks, Measurement } from "./measurement.ts";

const FOLDER = import.meta.dirname!;
/** Files without benchmarks. */
/** Files whose benchmarks take many minutes: run only if they are named. */
const LONG = new Set(["large"]);
const HELPERS = new Set(["main.ts", "measurement.ts", "synthetic.ts"]);
const MARK = "\u0001measured ";

/** One measurement and the benchmark it comes from. */
interface Result extends Measurement {
  benchmark: string;
  met?: boolean;
}

const definition = command({
  name: "bench",
  about: "Measure speed and memory, each benchmark in its own process; prints a table and JSON",
  positionals: [{ name: "names…", about: 'files of tests/bench, or one benchmark as "file/name" [default: all]' }],
  options: {
    out: {
      type: "text",
      about: "write the results as JSON, replacing the file",
      placeholder: "file",
      formerly: "json",
    },
    list: { type: "flag", about: "list the benchmarks" },
    child: { type: "text", about: "run one benchmark in this process (used by the runner)", placeholder: "name" },
  },
  examples: ["bench", "bench bm25 --out bench.json", "bench bm25/queries-100k"],
  async run({ positionals, options, signal }) {
    if (options.child) return await runHere(options.child);
    const all = await names();
    if (options.list) return console.log(all.join("\n"));
    const chosen = positionals.length === 0
      ? all.filter((name) => !LONG.has(name.split("/")[0]))
      : positionals.flatMap((name) => {
        const found = all.filter((full) => full === name || full.startsWith(`${name}/`));
        if (found.length === 0) throw new KitError(`Unknown benchmark "${name}": ${suggestion(name, all)}`);
        return found;
      });
    const results: Result[] = [];
    let failed = 0;
    for (const name of chosen) {
      if (signal.aborted) break;
      console.error(`${name} …`);
      const measured = await runApart(name, signal);
      if (measured === undefined) failed++;
      results.push(...measured ?? []);
    }
    console.log(table(results));
    const report = {
      deno: Deno.version.deno,
      system: `${Deno.build.os} ${Deno.build.arch}`,
      processors: navigator.hardwareConcurrency,
      time: new Date().toISOString(),
      results,
    };
    if (options.out) await writeAtomic(options.out, JSON.stringify(report, null, 2) + "\n", { overwrite: true });
    else console.log(JSON.stringify(report));
    return failed > 0 ? 1 : 0;
  },
});

async function benchmarksOf(file: string): Promise<Benchmarks> {
  return (await import(new URL(`./${file}.ts`, import.meta.url).href)).benchmarks ?? {};
}

/** All benchmarks as "file/name". */
async function names(): Promise<string[]> {
  const files: string[] = [];
  for await (const { name } of Deno.readDir(FOLDER)) {
    if (name.endsWith(".ts") && !HELPERS.has(name)) files.push(name.slice(0, -3));
  }
  const found: string[] = [];
  for (const file of files.sort()) {
    found.push(...Object.keys(await benchmarksOf(file)).map((name) => `${file}/${name}`));
  }
  return found;
}

async function runHere(name: string): Promise<number> {
  const [file, benchmark] = name.split("/");
  const measured = await (await benchmarksOf(file))[benchmark]();
  console.log(MARK + JSON.stringify(measured));
  return 0;
}

/** Runs a benchmark in a child process, to measure its own peak memory. Undefined if it failed. */
async function runApart(name: string, signal: AbortSignal): Promise<Result[] | undefined> {
  const permissions = ["--no-prompt", "--allow-read", "--allow-write", "--allow-env", "--allow-sys", "--allow-run"];
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      ...permissions,
      "--allow-net=127.0.0.1,localhost",
      "--allow-ffi=./node_modules",
      join(FOLDER, "main.ts"),
      "--child",
      name,
    ],
    stderr: "inherit",
    stdout: "piped",
    signal,
  });
  const { success, stdout } = await child.output();
  const lines = new TextDecoder().decode(stdout).split("\n");
  const line = lines.find((line) => line.startsWith(MARK));
  const rest = lines.filter((line) => !line.startsWith(MARK) && line !== "");
  if (rest.length > 0) console.error(rest.join("\n"));
  if (!success || line === undefined) {
    console.error(`${name}: failed`);
    return undefined;
  }
  const measured: Measurement[] = JSON.parse(line.slice(MARK.length));
  return measured.map((one) => ({ benchmark: name, ...one, met: met(one) }));
}

function met({ value, aim }: Measurement): boolean | undefined {
  return aim && value >= (aim.atLeast ?? -Infinity) && value <= (aim.atMost ?? Infinity);
}

function table(results: readonly Result[]): string {
  const number = (value: number) =>
    value >= 1000 ? Math.round(value).toLocaleString("en") : String(Number(value.toPrecision(3)));
  const rows = results.map(({ benchmark, name, value, unit, aim, met }) => [
    benchmark,
    name,
    number(value),
    unit,
    aim === undefined
      ? ""
      : aim.atLeast !== undefined
      ? `at least ${number(aim.atLeast)}`
      : `at most ${number(aim.atMost!)}`,
    met === undefined ? "" : met ? "met" : "missed",
  ]);
  const lines = [["benchmark", "measurement", "value", "unit", "aim", ""], ...rows];
  const widths = lines[0].map((_, j) => Math.max(...lines.map((row) => row[j].length)));
  return lines.map((row) =>
    row.map((cell, j) => j === 2 ? cell.padStart(widths[j]) : cell.padEnd(widths[j])).join("  ").trimEnd()
  ).join("\n");
}

if (import.meta.main) await main(definition);
