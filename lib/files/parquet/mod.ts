/**
 * Parquet, verified.
 *
 * @module
 */
export { eachParquetRow, readParquet, writeParquet } from "./parquet.ts";
