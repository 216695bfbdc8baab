import { join } from "node:path";
import { environment } from "../core/environment.ts";
import { KitError } from "../core/errors.ts";
import { exists, writeAtomic } from "../core/files.ts";
import { command } from "./arguments.ts";
import { main } from "./run_command.ts";

/** `deno task kernel`: registers this Deno with Jupyter. */
export const kernel = command({
  name: "kernel",
  about: "Install the Deno kernel for Jupyter and VS Code, with the path of the Deno that runs this task",
  positionals: [],
  options: {
    prefix: { type: "text", about: "virtual environment to install into", placeholder: "folder" },
  },
  examples: ["kernel", "kernel --prefix .venv"],
  async run({ options }) {
    const data = options.prefix === undefined ? dataFolder() : join(options.prefix, "share", "jupyter");
    console.log(`Deno kernel: ${await installKernel(data)}`);
  },
});

/**
 * Writes the kernelspec `deno` into Jupyter's data folder and returns its path. Replaces the kernelspec of another Deno,
 * but nothing else of that name.
 *
 * @throws {KitError} if a kernelspec of this name starts something else.
 */
export async function installKernel(data: string): Promise<string> {
  const path = join(data, "kernels", "deno", "kernel.json");
  if (await exists(path)) {
    const found = await Deno.readTextFile(path);
    if (!/"--kernel"/.test(found) || !/"jupyter"/.test(found)) {
      throw new KitError('Cannot install the kernel: a kernelspec "deno" of another program exists', { file: path });
    }
  }
  const spec = {
    argv: [Deno.execPath(), "jupyter", "--kernel", "--conn", "{connection_file}"],
    display_name: "Deno",
    language: "typescript",
    interrupt_mode: "signal",
  };
  await writeAtomic(path, JSON.stringify(spec, null, 2) + "\n", { overwrite: true });
  return path;
}

/** This user's Jupyter data folder (docs.jupyter.org, "Jupyter Directories"). */
export function dataFolder(): string {
  const chosen = environment("JUPYTER_DATA_DIR");
  if (chosen) return chosen;
  const variable = Deno.build.os === "windows" ? "APPDATA" : "HOME";
  const home = environment(variable);
  if (!home) throw new KitError(`Cannot find Jupyter's folder: neither JUPYTER_DATA_DIR nor ${variable} is set`);
  if (Deno.build.os === "windows") return join(home, "jupyter");
  if (Deno.build.os === "darwin") return join(home, "Library", "Jupyter");
  return join(environment("XDG_DATA_HOME") || join(home, ".local", "share"), "jupyter");
}

if (import.meta.main) await main(kernel);
