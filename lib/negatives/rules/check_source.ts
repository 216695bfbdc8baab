import { ArgumentError } from "../../core/errors.ts";
import { suggestion } from "../../core/nearest.ts";
import { type Source, SOURCES } from "../../tables/schema.ts";

/**
 * Checks the name of a source.
 *
 * @throws {ArgumentError} `Unknown source "bm2": did you mean "bm25"?`
 */
export function checkSource(source: string): asserts source is Source {
  if ((SOURCES as readonly string[]).includes(source)) return;
  throw new ArgumentError(`Unknown source "${source}": ${suggestion(source, SOURCES)}`);
}
