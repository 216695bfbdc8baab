import type { ColumnMetaData, FileMetaData, SchemaElement, SchemaTree } from "hyparquet";
import { parquetSchema } from "hyparquet";

/** Whether a column holds unsigned 32-bit integers. */
export function isUint32({ converted_type, logical_type }: SchemaElement): boolean {
  return converted_type === "UINT_32" ||
    logical_type?.type === "INTEGER" && logical_type.bitWidth === 32 && !logical_type.isSigned;
}

/** An unsigned 32-bit integer, whatever sign and width it was decoded with. */
export function uint32Of(value: unknown): number {
  return typeof value === "bigint" ? Number(BigInt.asUintN(32, value)) : (value as number) >>> 0;
}

/**
 * Changes `metadata` so that columns of unsigned 32-bit integers encoded as deltas are decoded in 64 bits. DuckDB writes
 * the first value of a page in 33 bits, of which hyparquet keeps 32: all values of the page would be off by 2^31.
 *
 * @throws {Error} if such a column mixes deltas with another encoding, which 64 bits would break.
 */
export function widenUint32(metadata: FileMetaData): void {
  const paths = new Set<string>();
  const visit = ({ element, children, path }: SchemaTree) => {
    if (children.length > 0) children.forEach(visit);
    else if (isUint32(element)) paths.add(path.join("."));
  };
  parquetSchema(metadata).children.forEach(visit);
  for (const { columns } of metadata.row_groups) {
    for (const { meta_data } of columns) {
      if (meta_data && paths.has(meta_data.path_in_schema.join("."))) widen(meta_data);
    }
  }
}

function widen(column: ColumnMetaData): void {
  if (column.type !== "INT32" || !column.encodings.includes("DELTA_BINARY_PACKED")) return;
  // RLE and BIT_PACKED encode levels.
  const other = column.encodings.find((name) => !["DELTA_BINARY_PACKED", "RLE", "BIT_PACKED"].includes(name));
  if (other) {
    throw new Error(
      `column ${column.path_in_schema.join(".")} mixes DELTA_BINARY_PACKED and ${other} for uint32; cast it to bigint`,
    );
  }
  column.type = "INT64";
}
