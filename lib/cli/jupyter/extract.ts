import type { Notebook } from "./notebook.ts";

/**
 * The code cells of a notebook as one TypeScript module, for the type checker: the kernel strips types without checking
 * them. Each cell begins with a comment that holds its number.
 */
export function extractCells(notebook: Notebook): string {
  const cells = notebook.cells.flatMap((cell, i) =>
    cell.cell_type === "code" ? [`// cell ${i + 1}\n${cell.source.trimEnd()}\n`] : []
  );
  return `${cells.join("\n")}\nexport {};\n`;
}
