import { fileURLToPath } from "node:url";
import { KitError } from "../core/errors.ts";

/** A tag of a documentation comment. */
interface Tag {
  readonly kind: string;
  readonly name?: string;
  readonly doc?: string;
  readonly value?: string;
  readonly tsType?: { readonly repr?: string };
}

/** A documentation comment. */
export interface Comment {
  readonly doc?: string;
  readonly tags?: readonly Tag[];
}

/** A property or method, with its place in the source. */
export interface Member {
  readonly name: string;
  readonly jsDoc?: Comment;
  readonly optional?: boolean;
  readonly location: { readonly line: number };
}

/** A documented name as `deno doc` gives it. */
export interface Declared {
  readonly kind: string;
  readonly jsDoc?: Comment;
  readonly location: { readonly filename: string; readonly line: number };
  readonly def?: {
    readonly properties?: readonly Member[];
    readonly methods?: readonly Member[];
    readonly extends?: readonly { readonly repr?: string }[];
  };
}

const known = new Map<string, Promise<ReadonlyMap<string, Declared>>>();

/**
 * Documented names of a module, by `deno doc`, once for each module.
 *
 * @throws {KitError} if Deno may not be run.
 */
export function docsOf(module: URL): Promise<ReadonlyMap<string, Declared>> {
  let found = known.get(module.href);
  if (!found) known.set(module.href, found = read(module));
  return found;
}

async function read(module: URL): Promise<ReadonlyMap<string, Declared>> {
  const output = await run(["doc", "--json", module.href]);
  if (!output.success) throw new KitError("Cannot show help: `deno doc` failed", { file: module.href });
  const { nodes } = JSON.parse(new TextDecoder().decode(output.stdout)) as {
    readonly nodes: Readonly<
      Record<
        string,
        { readonly symbols: readonly { readonly name: string; readonly declarations: readonly Declared[] }[] }
      >
    >;
  };
  const symbols = Object.values(nodes).flatMap(({ symbols }) => symbols);
  return new Map(symbols.map(({ name, declarations }) => [name, declarations[0]]));
}

/** Runs this Deno, or the one that the permissions name. */
async function run(args: string[]): Promise<Deno.CommandOutput> {
  for (const program of [Deno.execPath(), "deno"]) {
    try {
      return await new Deno.Command(program, { args, stderr: "null" }).output();
    } catch (error) {
      if (!(error instanceof Deno.errors.NotCapable)) throw error;
    }
  }
  throw new KitError("Cannot show help: it reads the documentation with `deno doc`; allow it by --allow-run=deno");
}

const sources = new Map<string, Promise<readonly string[]>>();

/** Lines of a source file, once for each file. */
export function linesOf(file: string): Promise<readonly string[]> {
  let found = sources.get(file);
  if (!found) sources.set(file, found = text(file).then((source) => source.split("\n")));
  return found;
}

async function text(file: string): Promise<string> {
  return file.startsWith("file:") ? await Deno.readTextFile(fileURLToPath(file)) : await (await fetch(file)).text();
}
