import { KitError } from "../../core/errors.ts";
import type { Vectors } from "../../encoders/types.ts";

/**
 * Checks that every vector is finite.
 *
 * @param what What the vectors are of: "query", "document".
 * @throws {KitError} naming the first that is not.
 */
export function checkFinite({ data, dimension }: Vectors, what: string): void {
  for (let i = 0; i < data.length; i++) {
    if (Number.isFinite(data[i])) continue;
    throw new KitError(`Cannot compare vectors: ${what} ${Math.floor(i / dimension)} holds ${data[i]}`);
  }
}
