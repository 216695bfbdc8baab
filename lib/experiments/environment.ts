import { join, resolve } from "node:path";

/** The kit's own folder. */
export const KIT: string = resolve(import.meta.dirname!, "..", "..");

/** Default folder of runs. */
export const RUNS: string = join(KIT, "data", "runs");

/**
 * Versions and machine, which a result may depend on besides the configuration.
 *
 * @category Experiments
 */
export interface Environment {
  /** Version of the kit. */
  kit: string;
  /** Commit of the kit; null outside a repository. */
  commit: string | null;
  /** Version of Deno. */
  deno: string;
  /** Versions of the packages that the kit imports. */
  packages: Record<string, string>;
  /** Operating system. */
  os: string;
  /** Processor architecture. */
  arch: string;
  /** Number of processor cores. */
  cores: number;
}

/** Versions and machine of this process. */
export async function environment(): Promise<Environment> {
  const config = JSON.parse(await Deno.readTextFile(join(KIT, "deno.json")));
  const packages = Object.entries(config.imports as Record<string, string>)
    .map(([name, target]) => [name, target.slice(target.lastIndexOf("@") + 1)]);
  return {
    kit: config.version,
    commit: await commit(),
    deno: Deno.version.deno,
    packages: Object.fromEntries(packages),
    os: Deno.build.os,
    arch: Deno.build.arch,
    cores: navigator.hardwareConcurrency,
  };
}

/** The commit that is checked out, read from git's own files; null outside a repository. */
async function commit(): Promise<string | null> {
  try {
    let git = join(KIT, ".git");
    if ((await Deno.stat(git)).isFile) git = resolve(KIT, (await Deno.readTextFile(git)).replace("gitdir:", "").trim());
    const head = (await Deno.readTextFile(join(git, "HEAD"))).trim();
    if (!head.startsWith("ref: ")) return head;
    const common = await Deno.readTextFile(join(git, "commondir")).then((text) => resolve(git, text.trim()), () => git);
    const ref = head.slice(5);
    return await Deno.readTextFile(join(common, ref)).then((text) => text.trim(), () => packed(common, ref));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

async function packed(git: string, ref: string): Promise<string | null> {
  const lines = (await Deno.readTextFile(join(git, "packed-refs"))).split("\n");
  return lines.find((line) => line.endsWith(` ${ref}`))?.split(" ")[0] ?? null;
}
