import { duration } from "../../core/mod.ts";
import { sourcesOf } from "../candidates.ts";
import type { ExperimentConfig } from "../types.ts";
import { html, type Markup, table } from "./html.ts";
import type { RunSummary } from "./summary.ts";

/** Steps and time of the cells, and the price of written negatives. */
export function costSection({ arms }: RunSummary, config: ExperimentConfig): Markup {
  const total = arms.reduce((sum, { seconds, seeds }) => sum + seconds * seeds, 0);
  const rows = arms.map(({ arm, steps, seconds, seeds }) => [arm, steps, seconds.toFixed(1), seeds]);
  return html`<h2>Cost</h2>${table(["arm", "steps", "seconds per cell", "cells"], rows)}<p>All cells together: ${
    duration(total)
  } of one process. ${writtenNegatives(config)}</p>`;
}

/** Where the written negatives of the arms come from. */
function writtenNegatives(config: ExperimentConfig): string {
  const sources = sourcesOf(config);
  const replies = config.replies === "recorded" ? "the replies recorded with the collection" : config.replies;
  return [
    ...sources.includes("synthetic") ? [`Synthetic negatives come from ${replies}, without requests or costs.`] : [],
    ...sources.includes("edit") ? ["Edits are made by rule, without a model."] : [],
  ].join(" ");
}
