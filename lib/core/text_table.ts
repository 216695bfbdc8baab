import { displayWidth } from "./display_width.ts";
import { count } from "./format_numbers.ts";

/** Options of {@link textTable}. */
export interface TextTableOptions {
  /**
   * A letter for each column, `l` for left and `r` for right: `"lrr"`. Omit to align columns of numbers to the right and
   * others to the left.
   */
  align?: string;
}

/**
 * Rows of cells as lines of text with aligned columns, two spaces apart. Whole numbers get thousands separators. Widths
 * are those of a terminal, where a Chinese character takes two columns.
 *
 * @example
 * ```ts
 * import { textTable } from "./text_table.ts";
 * console.log(textTable(["rule", "dropped"], [["margin", 1200], ["rank", 3]]));
 * // rule    dropped
 * // margin    1,200
 * // rank          3
 * ```
 */
export function textTable(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  { align }: TextTableOptions = {},
): string {
  const cells = [head, ...rows.map((row) => row.map(shown))];
  const widths = head.map((_, j) => cells.reduce((most, row) => Math.max(most, displayWidth(row[j])), 0));
  const numeric = (j: number) => rows.length > 0 && rows.every((row) => typeof row[j] === "number" || row[j] === "");
  const right = head.map((_, j) => align === undefined ? numeric(j) : align[j] === "r");
  const line = (row: readonly string[]) =>
    row.map((cell, j) => {
      const space = " ".repeat(widths[j] - displayWidth(cell));
      return right[j] ? space + cell : cell + space;
    }).join("  ").trimEnd();
  return cells.map(line).join("\n");
}

/** A cell as text; a count with its thousands separated. */
function shown(cell: string | number): string {
  return typeof cell === "number" && Number.isInteger(cell) ? count(cell) : String(cell);
}

/** A share in percent with one decimal; empty if it is not finite, as 0 of 0 is. */
export function percentCell(share: number): number | "" {
  return Number.isFinite(share) ? Math.round(share * 1000) / 10 : "";
}
