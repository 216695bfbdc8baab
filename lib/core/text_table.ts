/** Rows of cells as lines of text, columns aligned: text to the left, numbers to the right. */
export function textTable(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = rows.map((row) => row.map(String));
  const widths = head.map((name, j) => Math.max(name.length, ...cells.map((row) => row[j].length)));
  const right = head.map((_, j) => rows.length > 0 && rows.every((row) => typeof row[j] === "number" || row[j] === ""));
  const line = (row: readonly string[]) =>
    row.map((cell, j) => right[j] ? cell.padStart(widths[j]) : cell.padEnd(widths[j])).join("  ").trimEnd();
  return [line(head), ...cells.map(line)].join("\n");
}

/** A share in percent with one decimal; empty where there is nothing to share. */
export function percent(share: number): number | "" {
  return Number.isFinite(share) ? Math.round(share * 1000) / 10 : "";
}
