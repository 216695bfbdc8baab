/**
 * Parquet, verified.
 *
 * @module
 */
export { eachParquetRow, readParquet } from "./read_parquet.ts";
export { writeParquet } from "./write_parquet.ts";
