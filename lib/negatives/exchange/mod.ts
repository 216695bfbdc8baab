/**
 * Negatives as files: the kit's own tables, and rows that other libraries read and write.
 *
 * @module
 */
export { exportNegatives, type ExportOptions, type ExportReport } from "./export_negatives.ts";
export { type ImportedNegatives, importNegatives, type ImportOptions } from "./import_negatives.ts";
export { readNegatives, type ReadNegativesOptions } from "./read_negatives.ts";
export { type FormatName, type FormatPart, FORMATS } from "./formats.ts";
export type { Example, ExamplePassage, Fail, Format as ExchangeFormat, Written } from "./example.ts";
export type { Field, RecordRow } from "./record_row.ts";
export { BY_EXTENSION, NEGATIVES_FORMATS, negativesFormat } from "./negatives_format.ts";
