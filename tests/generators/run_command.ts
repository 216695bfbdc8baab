import { generateCommand } from "../../lib/cli/generate.ts";
import { ledgerCommand } from "../../lib/cli/ledger.ts";
import { captureCommand } from "../support/capture_command.ts";

/** Runs a command and returns its exit code and everything that it printed. */
async function run(command: unknown, args: string[]): Promise<{ code: number; out: string }> {
  const { code, text } = await captureCommand(command, ...args);
  return { code, out: text };
}

/** `deno task generate`. */
export const runGenerate = (...args: string[]): Promise<{ code: number; out: string }> => run(generateCommand, args);

/** `deno task ledger`. */
export const runLedger = (...args: string[]): Promise<{ code: number; out: string }> => run(ledgerCommand, args);
