/**
 * Reading and writing tables: Arrow IPC, Parquet, JSONL.
 *
 * @module
 */
export {
  checkedTable,
  parseTable,
  readTable,
  type ReadTableOptions,
  writeTable,
  type WriteTableOptions,
} from "./arrow/ipc.ts";
export { readTableBlocks, writeTableBlocks } from "./arrow/table_blocks.ts";
export { readJsonl, writeJsonl, type WriteJsonlOptions } from "./jsonl.ts";
export { writeCsv, type WriteCsvOptions } from "./csv.ts";
export { readParquet } from "./parquet/read_parquet.ts";
export { writeParquet } from "./parquet/write_parquet.ts";
export type { ReadOptions } from "./lines.ts";
export type { UnpackLimits } from "./packed/unpack_limits.ts";
export { readText } from "./source.ts";
export type { Finding } from "./finding.ts";
export { tensorBoard, type TensorBoardOptions } from "./tensorboard.ts";
