import { ArgumentError } from "../../core/errors.ts";
import type { SCORES } from "../../tables/schema.ts";
import type { Table } from "../../tables/table.ts";
import { measure as parseMeasure } from "../measure.ts";

/**
 * Values by query of one measure.
 *
 * @param measure Measure to take. Omit if the scores hold only one.
 * @throws {ArgumentError} if the scores lack the measure, or hold several and none is named.
 */
export function queryValues(scores: Table<typeof SCORES>, measure?: string): Map<string, number> {
  const names = new Set(scores.column("measure"));
  if (measure === undefined && names.size > 1) {
    throw new ArgumentError(`Name a measure: the scores hold ${[...names].join(", ")}`);
  }
  const wanted = measure === undefined ? [...names][0] : parseMeasure(measure).name;
  if (measure !== undefined && !names.has(wanted)) {
    throw new ArgumentError(`There are no scores by "${wanted}": the scores hold ${[...names].join(", ")}`);
  }
  const found = new Map<string, number>();
  const queries = scores.column("query_id");
  const values = scores.numbers("value");
  let row = 0;
  for (const name of scores.column("measure")) {
    if (name === wanted) found.set(queries.at(row), values[row]);
    row++;
  }
  return found;
}
