import { KitError, type Place } from "../core/errors.ts";
import { stringifyJson } from "./exact_json.ts";
import type { Column, NewRow, Schema } from "../tables/schema.ts";
import { type Fields, integerOf } from "./records.ts";

/**
 * Converts a record to a row of a schema: its fields have the names of the columns, 64-bit integers become numbers, lists
 * vectors, objects JSON.
 *
 * @throws {KitError} naming a missing or invalid field.
 */
export function rowOf<S extends Schema>(record: Fields, schema: S, place: Place): NewRow<S> {
  const row: Fields = {};
  const fields = schema.former ? schema.former.upgrade(record) : record;
  for (const [name, column] of Object.entries(schema.columns)) {
    const value = fields[name];
    if (value !== null && value !== undefined) {
      row[name] = cell(value, column, { ...place, field: name });
    } else if (!column.nullable) {
      const found = name in record ? "null" : `field missing, found ${Object.keys(record).slice(0, 12).join(", ")}`;
      throw new KitError(`Cannot read a row of ${schema.name}: ${found}`, { ...place, field: name });
    }
  }
  return row as NewRow<S>;
}

function cell(value: unknown, column: Column, place: Place): unknown {
  switch (column.kind) {
    case "int32":
      return integerOf(value, place.field!, place);
    case "json":
      return typeof value === "string" ? value : stringifyJson(value);
    case "float32":
    case "float64":
      if (typeof value === "bigint") return Number(value);
      return typeof value === "number" ? value : refuse(value, "a number", place);
    case "vector": {
      if (value instanceof Float32Array) return value;
      if (
        !Array.isArray(value) || value.length === 0 || !value.every((number) => /^(number|bigint)$/.test(typeof number))
      ) {
        return refuse(value, "a list of numbers", place);
      }
      return Float32Array.from(value, Number);
    }
    case "bool":
      return typeof value === "boolean" ? value : refuse(value, "true or false", place);
    case "utf8":
      return typeof value === "string" && value.isWellFormed() ? value : refuse(value, "text", place);
    case "label":
      if (typeof value !== "string" || (column.labels && !column.labels.includes(value))) {
        return refuse(value, column.labels ? `one of ${column.labels.join(", ")}` : "text", place);
      }
      return value;
    default:
      return column.kind satisfies never;
  }
}

function refuse(value: unknown, wanted: string, place: Place): never {
  const found = typeof value === "bigint" ? String(value) : stringifyJson(value)?.slice(0, 60);
  throw new KitError(`Cannot read a row: found ${found}, expected ${wanted}`, place);
}
