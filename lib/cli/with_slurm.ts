import { KitError } from "../core/errors.ts";

/** Slurm's programs. Deno warns about each that a machine lacks, so that only --slurm asks for them. */
const PROGRAMS = ["sbatch", "squeue", "scancel"];

/** Whether this process may run Slurm's programs. */
export async function mayUseSlurm(): Promise<boolean> {
  const found = await Promise.all(PROGRAMS.map((command) => Deno.permissions.query({ name: "run", command })));
  return found.every(({ state }) => state === "granted");
}

/**
 * Runs a task's command again with the same arguments and the permission to use Slurm; returns its exit code.
 *
 * @throws {KitError} if the task is not in `deno.json`.
 */
export async function againWithSlurm(task: string): Promise<number> {
  const file = new URL("../../deno.json", import.meta.url);
  const { tasks } = JSON.parse(await Deno.readTextFile(file));
  const command: string | undefined = tasks[task]?.command;
  if (!command?.includes("--allow-run=deno ")) throw new KitError(`Cannot use Slurm: no task "${task}" runs deno`);
  const args = command.replace("--allow-run=deno ", `--allow-run=deno,${PROGRAMS.join()} `).split(" ").slice(1);
  const root = new URL("./", file);
  const paths = args.map((arg) => arg.startsWith("lib/") ? new URL(arg, root).href : arg);
  const allowed = paths.map((arg) => arg.replace("=./node_modules", `=${new URL("node_modules", root).pathname}`));
  const child = new Deno.Command("deno", { args: [...allowed, ...Deno.args] }).spawn();
  // The terminal sends its interrupt to both; the child ends the work, and this process waits for it.
  return (await child.status).code;
}
