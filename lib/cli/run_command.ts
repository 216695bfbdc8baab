import { CancelledError, KitError } from "../core/errors.ts";
import { printable } from "../core/printable.ts";
import { endProgressLine } from "../core/terminal_sink.ts";
import { type Command, type Option, type Outcome, parse, UsageError } from "./arguments.ts";
import { help } from "./help.ts";

/** Runs a command with the process's arguments and exits: 0 success, 1 error, 2 wrong arguments, 130 interrupted. */
export async function main<O extends Record<string, Option>>(definition: Command<O>): Promise<never> {
  Deno.exit(await runCommand(definition, Deno.args));
}

/** {@link main} without the exit: returns the exit code. With `--json`, the last line of the output is one of JSON. */
export async function runCommand<O extends Record<string, Option>>(
  definition: Command<O>,
  args: readonly string[],
): Promise<number> {
  const json = args.includes(JSON_FLAG);
  const { code = 0, ...fields } = await outcomeOf(definition, args.filter((arg) => arg !== JSON_FLAG), json);
  if (json) console.log(printable(JSON.stringify({ command: definition.name, ok: code === 0, code, ...fields })));
  return code;
}

/** Ends every command's output with one line for programs. */
const JSON_FLAG = "--json";

async function outcomeOf<O extends Record<string, Option>>(
  definition: Command<O>,
  args: readonly string[],
  json: boolean,
): Promise<Outcome> {
  const controller = new AbortController();
  const interrupt = () => controller.abort(new Error("interrupted"));
  try {
    if (args.includes("--help") || args.includes("-h")) {
      console.log(help(definition));
      return {};
    }
    const { notes, ...parsed } = parse(definition, args);
    for (const note of notes) console.error(`${definition.name}: ${note}`);
    Deno.addSignalListener("SIGINT", interrupt);
    const found = await definition.run({ ...parsed, signal: controller.signal, json });
    return typeof found === "object" ? found : { code: found ?? 0 };
  } catch (error) {
    endProgressLine();
    if (!(error instanceof KitError) && !isSystemError(error)) throw error;
    console.error(printable(`${definition.name}: ${error.message}`));
    if (error instanceof UsageError) console.error(`See: deno task ${definition.name} --help`);
    const code = error instanceof CancelledError ? 130 : error instanceof UsageError ? 2 : 1;
    return { code, error: error.message };
  } finally {
    Deno.removeSignalListener("SIGINT", interrupt);
  }
}

/** Whether the operating system refused something: a full disk, a folder without write permission … */
function isSystemError(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return Object.values(Deno.errors).some((kind) => error instanceof kind) || /\(os error \d+\)/.test(error.message);
}
