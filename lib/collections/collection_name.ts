import { ArgumentError } from "../core/errors.ts";
import { exists } from "../core/files.ts";

/** A name without the `#subset` at its end; a file or folder whose own name has a `#` keeps it. */
export async function parseCollectionName(name: string, subset?: string): Promise<{ name: string; subset?: string }> {
  const at = name.lastIndexOf("#");
  if (at <= 0 || await exists(name)) return { name, subset };
  const [plain, own] = [name.slice(0, at), name.slice(at + 1)];
  if (subset !== undefined && subset !== own) {
    throw new ArgumentError(`Cannot load two data sets: "${name}" names "${own}", the option subset "${subset}"`);
  }
  if (own === "") throw new ArgumentError(`Cannot load "${name}": there is no name after #`);
  return { name: plain, subset: own };
}
