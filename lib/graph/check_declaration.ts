import { ArgumentError } from "../core/errors.ts";
import type { Dim } from "./types.ts";

/**
 * Checks the name and shape of an input.
 *
 * @throws {ArgumentError} if the name is empty, reserved or taken, or a dimension is neither a size nor a name
 */
export function checkDeclaration(name: string, shape: readonly Dim[], taken: ReadonlyMap<string, unknown>): void {
  if (taken.has(name)) throw new ArgumentError(`Cannot declare "${name}" twice in one graph`);
  if (name === "" || name.startsWith("%")) {
    throw new ArgumentError(`An input's name must not be empty or start with %, found "${name}"`);
  }
  for (const dim of shape) {
    if (typeof dim === "number" ? !Number.isInteger(dim) || dim < 0 : !/^[A-Za-z_][\w.-]*$/.test(dim)) {
      throw new ArgumentError(`A dimension of "${name}" must be an integer >= 0 or a name, found ${dim}`);
    }
  }
}
