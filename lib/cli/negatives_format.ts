import { ArgumentError } from "../core/errors.ts";
import { type FormatName, FORMATS } from "../negatives/mod.ts";

/** What a file of negatives may be: the kit's own table, or rows of another library. */
export const NEGATIVES_FORMATS = ["arrow", ...FORMATS.names];

/** Rows of another library where the ending alone says what to write: what each holds most of. */
const DEFAULTS: Readonly<Record<string, FormatName>> = {
  ".jsonl": "flagembedding",
  ".parquet": "sentence-transformers-triplets",
};

/**
 * The format of a file of negatives by its ending, or the one asked for where the ending allows it.
 *
 * @throws {ArgumentError} if the ending says nothing, or something else than `wanted`.
 */
export function negativesFormat(path: string, wanted?: string): "arrow" | FormatName {
  const ending = /\.[^./\\]+$/.exec(path)?.[0] ?? "";
  if (ending === ".arrow" ? wanted !== undefined && wanted !== "arrow" : wanted === "arrow") {
    throw new ArgumentError(
      `Cannot hold ${wanted} in "${path}": ` +
        (wanted === "arrow" ? "tables end in .arrow" : "rows of other libraries end in .jsonl or .parquet"),
    );
  }
  if (ending === ".arrow") return "arrow";
  if (!Object.hasOwn(DEFAULTS, ending)) {
    throw new ArgumentError(`Unknown ending of "${path}": wanted .arrow, .jsonl or .parquet`);
  }
  return (wanted ?? DEFAULTS[ending]) as FormatName;
}
