import { checkArgument } from "../core/options.ts";

/** @throws {ArgumentError} unless `value` is a collection. */
export function checkCollection(caller: string, value: unknown): void {
  checkArgument(caller, value, { what: "collection", has: "corpus", from: "loadCollection" });
}

/** @throws {ArgumentError} unless `value` is a table of negatives. */
export function checkNegatives(caller: string, value: unknown): void {
  checkArgument(caller, value, { what: "table of negatives", has: "schema", from: "mine" });
}
