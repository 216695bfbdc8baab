import { join } from "node:path";
import type { CellReport } from "../cell_report.ts";
import { encoderFolder } from "../kept_encoders.ts";
import { type RunFolder, shownPath } from "../run_folder.ts";
import { html, type Markup } from "./html.ts";

/** How the kept encoders are loaded; nothing if none is kept. */
export function encodersSection(run: RunFolder, kept: readonly CellReport[]): Markup {
  if (kept.length === 0) return html``;
  const { splits, keep = "best" } = run.manifest.config;
  const lines = kept.map((cell) => {
    const comment = cell.dev === undefined ? "" : ` // ${cell.dev.toFixed(4)} on ${splits.dev}`;
    return `const encoder = await loadEncoder("${shownPath(join(run.path, encoderFolder(cell)))}");${comment}`;
  });
  const which = keep === "best" ? `the best one by the ${splits.dev} split` : "all of them";
  return html`
    <h2>Encoders</h2>
    <p>Of the trained encoders the run keeps ${which}. They load in the kit and in sentence-transformers.</p>
    <pre>${lines.join("\n")}</pre>
  `;
}
