import { join } from "node:path";
import { KitError } from "../core/errors.ts";
import { environment } from "../core/environment.ts";
import { exists, writeAtomic } from "../core/files.ts";
import { command } from "./arguments.ts";
import { main } from "./run_command.ts";

/** `deno task kernel`: tells Jupyter where this Deno is. */
export const kernel = command({
  name: "kernel",
  about: "Install the Deno kernel for Jupyter and VS Code, with the path of the Deno that runs this",
  positionals: [],
  options: {
    prefix: { type: "text", about: "a virtual environment to install into", placeholder: "folder" },
  },
  examples: ["kernel", "kernel --prefix .venv"],
  async run({ options }) {
    const data = options.prefix === undefined ? dataFolder() : join(options.prefix, "share", "jupyter");
    console.log(`Deno kernel: ${await installKernel(data)}`);
  },
});

/**
 * Writes the kernelspec `deno` into Jupyter's data folder and returns its path. A kernelspec of another Deno is
 * replaced; anything else of that name is left alone.
 *
 * @throws {KitError} if there is a kernelspec of this name that starts something else.
 */
export async function installKernel(data: string): Promise<string> {
  const path = join(data, "kernels", "deno", "kernel.json");
  if (await exists(path)) {
    const found = await Deno.readTextFile(path);
    if (!/"--kernel"/.test(found) || !/"jupyter"/.test(found)) {
      throw new KitError("Cannot install the kernel: another kernelspec of this name is there", { file: path });
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

/** Jupyter's data folder of this user (docs.jupyter.org, "Jupyter Directories"). */
export function dataFolder(): string {
  const chosen = environment("JUPYTER_DATA_DIR");
  if (chosen) return chosen;
  const wanted = Deno.build.os === "windows" ? "APPDATA" : "HOME";
  const home = environment(wanted);
  if (!home) throw new KitError(`Cannot find Jupyter's folder: neither JUPYTER_DATA_DIR nor ${wanted} is set`);
  if (Deno.build.os === "windows") return join(home, "jupyter");
  if (Deno.build.os === "darwin") return join(home, "Library", "Jupyter");
  return join(environment("XDG_DATA_HOME") || join(home, ".local", "share"), "jupyter");
}

if (import.meta.main) await main(kernel);
