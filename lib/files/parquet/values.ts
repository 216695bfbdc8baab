import { type FileMetaData, type ParquetParsers, parquetSchema, type SchemaElement, type SchemaTree } from "hyparquet";
import { Bytes, decimalOf, textOrBytes } from "../exact_values.ts";
import { dateText, timestampText, timeText, type TimeUnit } from "../iso_time.ts";
import type { Fields } from "../records.ts";
import { isUint32, uint32Of } from "./unsigned.ts";

type Convert = (value: unknown) => unknown;

/**
 * Returns a function that converts a decoded row to JSON values with all digits, in place: decimals, times in ISO 8601,
 * bytes as text if they are UTF-8. Removes the logical types of such columns from `metadata`, so that hyparquet returns
 * their plain numbers and bytes.
 */
export function exactRows(metadata: FileMetaData): (row: Fields) => Fields {
  const columns = parquetSchema(metadata).children.flatMap((node): [string, Convert][] => {
    const convert = converterOf(node);
    return convert ? [[node.element.name, convert]] : [];
  });
  return (row) => {
    for (const [name, convert] of columns) row[name] = convert(row[name]);
    return row;
  };
}

/** Rejects invalid UTF-8, which hyparquet would replace; keeps all digits of INT96 timestamps. */
export const PARSERS: Partial<ParquetParsers> = {
  timestampFromNanoseconds: (value) => timestampText(value, "nanosecond", false) as never,
  stringFromBytes: (bytes) => {
    const text = bytes && textOrBytes(bytes);
    if (text instanceof Bytes) throw new Error("its text is not UTF-8");
    return text;
  },
};

/** Returns the conversion of a column's values; undefined if none is needed. */
function converterOf(node: SchemaTree): Convert | undefined {
  const convert = node.children.length > 0 ? groupOf(node) : leafOf(node.element);
  if (convert === undefined) return undefined;
  const each: Convert = (value) => value === null || value === undefined ? value : convert(value);
  if (node.element.repetition_type !== "REPEATED") return each;
  return (value) => Array.isArray(value) ? value.map(each) : each(value);
}

function groupOf({ element, children }: SchemaTree): Convert | undefined {
  const { converted_type, logical_type } = element;
  const list = converted_type === "LIST" || logical_type?.type === "LIST";
  const map = converted_type?.startsWith("MAP") || logical_type?.type === "MAP";
  // Both are stored as a repeated group, which hyparquet skips.
  const inner = children[0].children;
  if (list && children.length === 1) {
    const convert = inner.length === 1 ? converterOf(inner[0]) : undefined;
    return convert && ((value) => Array.isArray(value) ? value.map(convert) : value);
  }
  if (map && inner.length === 2) {
    const [, convert] = inner.map(converterOf);
    return convert && ((value) => Object.fromEntries(Object.entries(value as Fields).map(([k, v]) => [k, convert(v)])));
  }
  const fields = children.flatMap((child): [string, Convert][] => {
    const convert = converterOf(child);
    return convert ? [[child.element.name, convert]] : [];
  });
  if (fields.length === 0) return undefined;
  return (value) => ({
    ...value as Fields,
    ...Object.fromEntries(fields.map(([name, convert]) => [name, convert((value as Fields)[name])])),
  });
}

/** Removes the logical type of a column and returns the conversion for it. */
function leafOf(element: SchemaElement): Convert | undefined {
  const { type, converted_type, logical_type, scale = 0 } = element;
  const meaning = logical_type?.type;
  const bare = () => {
    delete element.converted_type;
    delete element.logical_type;
  };
  if (converted_type === "DECIMAL" || meaning === "DECIMAL") {
    bare();
    return (value) => decimalOf(value instanceof Uint8Array ? integerOf(value) : BigInt(value as number), scale);
  }
  if (converted_type === "DATE" || meaning === "DATE") {
    bare();
    return (value) => dateText(value as number);
  }
  if (isUint32(element)) {
    bare();
    return uint32Of;
  }
  const unit = unitOf(element);
  if (unit && (converted_type?.startsWith("TIMESTAMP") || meaning === "TIMESTAMP")) {
    const utc = logical_type?.type === "TIMESTAMP" ? logical_type.isAdjustedToUTC : true;
    bare();
    return (value) => timestampText(BigInt(value as number), unit, utc);
  }
  if (unit) {
    bare();
    return (value) => timeText(BigInt(value as number), unit);
  }
  if (type === "INT96") return undefined;
  if (converted_type === "INTERVAL" || converted_type === "BSON") {
    const interval = converted_type === "INTERVAL";
    bare();
    return (value) => interval ? intervalText(value as Uint8Array) : new Bytes(value as Uint8Array);
  }
  if (meaning !== undefined || converted_type !== undefined) return undefined;
  if (type === "BYTE_ARRAY") return (value) => value instanceof Uint8Array ? textOrBytes(value) : value;
  if (type === "FIXED_LEN_BYTE_ARRAY") return (value) => value instanceof Uint8Array ? new Bytes(value) : value;
}

function unitOf({ converted_type, logical_type }: SchemaElement): TimeUnit | undefined {
  if (logical_type?.type === "TIMESTAMP" || logical_type?.type === "TIME") {
    return ({ MILLIS: "millisecond", MICROS: "microsecond", NANOS: "nanosecond" } as const)[logical_type.unit];
  }
  if (converted_type === "TIMESTAMP_MILLIS" || converted_type === "TIME_MILLIS") return "millisecond";
  if (converted_type === "TIMESTAMP_MICROS" || converted_type === "TIME_MICROS") return "microsecond";
}

/** A signed integer, the most significant byte first. */
function integerOf(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = value << 8n | BigInt(byte);
  return BigInt.asIntN(bytes.length * 8, value);
}

/** An interval of months, days and milliseconds in ISO 8601. */
function intervalText(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [months, days, milliseconds] = [0, 4, 8].map((at) => view.getUint32(at, true));
  return `P${months}M${days}DT${milliseconds / 1000}S`;
}
