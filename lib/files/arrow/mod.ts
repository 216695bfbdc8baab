/**
 * Arrow IPC, verified.
 *
 * @module
 */
export {
  checkedTable,
  fits,
  parseTable,
  readTable,
  type ReadTableOptions,
  writeTable,
  type WriteTableOptions,
} from "./ipc.ts";
export { openArrow } from "./open_arrow.ts";
export { type ArrowRowOptions, eachArrowRow } from "./rows.ts";
