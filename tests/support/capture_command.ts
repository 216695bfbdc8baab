import type { Command } from "../../lib/cli/arguments.ts";
import { runCommand } from "../../lib/cli/run_command.ts";

/** What a command printed, and its exit code. */
export interface Captured {
  readonly code: number;
  /** Lines on stdout. */
  readonly out: string;
  /** Lines on stderr. */
  readonly errors: string;
  /** Both, in order. */
  readonly text: string;
}

/** Runs a command in this process and captures what it prints by `console`. */
export async function captureCommand(command: unknown, ...args: string[]): Promise<Captured> {
  const { log, error } = console;
  const out: string[] = [];
  const errors: string[] = [];
  const text: string[] = [];
  const into = (lines: string[]) => (...parts: unknown[]) => {
    lines.push(parts.join(" "));
    text.push(parts.join(" "));
  };
  console.log = into(out);
  console.error = into(errors);
  try {
    const code = await runCommand(command as Command, args);
    return { code, out: out.join("\n"), errors: errors.join("\n"), text: text.join("\n") };
  } finally {
    Object.assign(console, { log, error });
  }
}
