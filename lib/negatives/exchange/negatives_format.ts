import { ArgumentError } from "../../core/errors.ts";
import { type FormatName, FORMATS } from "./formats.ts";

/** Formats of a file of negatives: the kit's own table, or rows for another library. */
export const NEGATIVES_FORMATS: readonly string[] = ["arrow", ...FORMATS.names];

/** How the help describes the choice by extension. */
export const BY_EXTENSION =
  "by extension: .arrow, .jsonl for flagembedding, .parquet for sentence-transformers-triplets";

/** The format of an extension alone. */
const DEFAULTS: Readonly<Record<string, FormatName>> = {
  ".jsonl": "flagembedding",
  ".parquet": "sentence-transformers-triplets",
};

/**
 * The format of a file of negatives by its extension, or `format` if the extension allows it.
 *
 * @throws {ArgumentError} if the extension is unknown or contradicts `format`.
 */
export function negativesFormat(path: string, format?: string): "arrow" | FormatName {
  const extension = /\.[^./\\]+$/.exec(path)?.[0] ?? "";
  if (extension === ".arrow" ? format !== undefined && format !== "arrow" : format === "arrow") {
    throw new ArgumentError(
      `Cannot hold ${format} in "${path}": ` +
        (format === "arrow" ? "tables end in .arrow" : "rows of other libraries end in .jsonl or .parquet"),
    );
  }
  if (extension === ".arrow") return "arrow";
  if (!Object.hasOwn(DEFAULTS, extension)) {
    throw new ArgumentError(`Unknown extension of "${path}": use .arrow, .jsonl or .parquet`);
  }
  return (format ?? DEFAULTS[extension]) as FormatName;
}
