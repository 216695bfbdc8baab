import { runCommand } from "../../lib/cli/run_command.ts";
import { generateCommand } from "../../lib/cli/generate.ts";
import { ledgerCommand } from "../../lib/cli/ledger.ts";

/** Runs a command and returns its exit code and what it printed. */
async function run(
  command: Parameters<typeof runCommand>[0],
  ...args: string[]
): Promise<{ code: number; out: string }> {
  const lines: string[] = [];
  const original = { log: console.log, error: console.error };
  console.log = console.error = (...parts: unknown[]) => void lines.push(parts.join(" "));
  try {
    return { code: await runCommand(command, args), out: lines.join("\n") };
  } finally {
    Object.assign(console, original);
  }
}

/** `deno task generate`. */
export const runGenerate = (...args: string[]) => run(generateCommand as never, ...args);

/** `deno task ledger`. */
export const runLedger = (...args: string[]) => run(ledgerCommand as never, ...args);
