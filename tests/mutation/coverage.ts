import { join, relative } from "node:path";

/** A test file: how long it takes, and the lines of the library that it runs. */
export interface Covered {
  readonly test: string;
  readonly seconds: number;
  /** File, relative to the root, -> lines from 1. */
  readonly lines: ReadonlyMap<string, ReadonlySet<number>>;
}

/** Options of {@link covered}. */
export interface RunTestOptions {
  root: string;
  /** Folder of the coverage report; nothing is recorded without it. */
  coverage?: string;
  /** Milliseconds until the run counts as failed. */
  timeout?: number;
}

/** Runs one test file. */
export async function runTest(test: string, { root, coverage, timeout }: RunTestOptions): Promise<boolean> {
  const args = ["test", "-q", "--no-check", "--no-prompt", "--fail-fast", "--allow-read", "--allow-write"];
  args.push("--allow-env", "--allow-sys", "--allow-run", "--allow-net=127.0.0.1,localhost", "--allow-ffi");
  if (coverage) args.push(`--coverage=${coverage}`);
  const signal = timeout === undefined ? undefined : AbortSignal.timeout(timeout);
  const command = new Deno.Command("deno", {
    args: [...args, test],
    cwd: root,
    env: { NO_COLOR: "1" },
    stdout: "null",
    stderr: "null",
    signal,
  });
  try {
    return (await command.output()).success;
  } catch {
    return false;
  }
}

/** Runs a test file on the unchanged code and reads which lines it covers. @throws {Error} if it fails. */
export async function covered(test: string, root: string): Promise<Covered> {
  const folder = await Deno.makeTempDir();
  try {
    const began = performance.now();
    if (!await runTest(test, { root, coverage: folder })) throw new Error(`${test} fails before any mutation`);
    const seconds = (performance.now() - began) / 1000;
    const report = await new Deno.Command("deno", {
      args: ["coverage", "--lcov", `--include=^file:.*/lib/`, folder],
      cwd: root,
      env: { NO_COLOR: "1" },
    }).output();
    return { test, seconds, lines: linesOf(new TextDecoder().decode(report.stdout), root) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function linesOf(lcov: string, root: string): Map<string, Set<number>> {
  const files = new Map<string, Set<number>>();
  let lines = new Set<number>();
  for (const row of lcov.split("\n")) {
    if (row.startsWith("SF:")) files.set(relative(root, join(row.slice(3))), lines = new Set());
    const [, line, hits] = /^DA:(\d+),(\d+)/.exec(row) ?? [];
    if (Number(hits) > 0) lines.add(Number(line));
  }
  return files;
}
