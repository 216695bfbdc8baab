import { dirname } from "node:path";
import { ArgumentError } from "../core/errors.ts";
import { nearest } from "../core/nearest.ts";
import { BEIR, BUILT_IN } from "./known_collections.ts";

/** The error for a name that is neither a known collection nor a path, with similar names and the places searched. */
export async function unknownCollection(name: string): Promise<ArgumentError> {
  const near = name.includes("/") && !/^beir\//i.test(name) ? [] : known(name);
  const path = /[\\/~]|^\.|\.(zip|jsonl|json|tsv|csv|parquet|arrow|gz|zst)$/i.test(name) && !/^beir\//i.test(name);
  const neighbors = near.length > 0 ? [] : nearest(name.split(/[\\/]/).at(-1)!, await entries(dirname(name)));
  const hints = [...near, ...neighbors.map((entry) => beside(name, entry))].slice(0, 3).map((hint) => `"${hint}"`);
  const where = `no folder or zip file ${JSON.stringify(name)}; you are in ${Deno.cwd()}`;
  const hint = hints.length > 0 ? `; did you mean ${hints.join(" or ")}?` : "";
  const tilde = name.startsWith("~") ? "; ~ is not expanded here: write the whole path" : "";
  if (path) return new ArgumentError(`Cannot load a collection: ${where}${tilde}${hint}`);
  if (near.length > 0) return new ArgumentError(`Unknown collection "${name}": did you mean ${hints.join(" or ")}?`);
  return new ArgumentError(`Unknown collection "${name}": ${where}${hint}; deno task data lists the known names`);
}

/** Similar known names, with and without `beir/`. */
function known(name: string): string[] {
  const short = (other: string) => name.includes("/") ? other : other.replace("beir/", "");
  const names = new Map([...BUILT_IN, ...BEIR].map((other) => [short(other), other]));
  return nearest(name, names.keys()).map((found) => names.get(found)!);
}

/** Names in a folder; none if it cannot be read. */
async function entries(folder: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).filter((name) =>
      !name.startsWith(".")
    );
  } catch {
    return [];
  }
}

function beside(name: string, entry: string): string {
  return name.slice(0, name.length - name.split(/[\\/]/).at(-1)!.length) + entry;
}
