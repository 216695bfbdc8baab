import type { CellReport } from "../cell_report.ts";
import { collapseSigns, type Geometry } from "../geometry.ts";
import { html, type Markup, table } from "./html.ts";

/** How training moved the vectors of each arm, with a warning at signs of a collapse; nothing if it was not measured. */
export function geometrySection(reports: readonly CellReport[]): Markup {
  const arms = [...new Set(reports.map(({ arm }) => arm))].flatMap((arm) => {
    const found = reports.filter((report) => report.arm === arm).flatMap(({ geometry }) => geometry ?? []);
    if (found.length === 0) return [];
    return [{ arm, before: mean(found.map(({ before }) => before)), after: mean(found.map(({ after }) => after)) }];
  });
  if (arms.length === 0) return html``;
  const shown = (value: number, digits: number) => value.toFixed(digits).replace("-", "−");
  const change = (before: number | null, after: number | null, digits = 3) =>
    before === null || after === null ? "" : `${shown(before, digits)} → ${shown(after, digits)}`;
  const rows = arms.map(({ arm, before, after }) => [
    arm,
    change(before.alignment, after.alignment),
    change(before.uniformity, after.uniformity),
    change(before.effectiveRank, after.effectiveRank, 1),
    change(before.shortcut, after.shortcut),
  ]);
  const warnings = arms.flatMap(({ arm, before, after }) => {
    const signs = collapseSigns(before, after);
    return signs.length === 0 ? [] : [html`<p><b>Warning:</b> ${`"${arm}": ${signs.join("; ")}.`}</p>`];
  });
  const head = ["arm", "alignment", "uniformity", "effective rank", "written told apart (AUC)"];
  return html`<h2>Geometry</h2><p>A fixed sample of development queries, passages and written negatives, before and after training,
    means over seeds. A contrastive loss can fall because an encoder learns how written text looks: then written passages
    are told apart by their vectors, and the rest may draw together. In-batch negatives, a smaller learning rate and
    CausalNeg's loss are worth comparing as arms.</p>${table(head, rows)}${warnings}`;
}

function mean(values: readonly Geometry[]): Geometry {
  const of = (read: (each: Geometry) => number) => values.reduce((sum, each) => sum + read(each), 0) / values.length;
  return {
    alignment: of((each) => each.alignment),
    uniformity: of((each) => each.uniformity),
    effectiveRank: of((each) => each.effectiveRank),
    shortcut: values.some(({ shortcut }) => shortcut === null) ? null : of((each) => each.shortcut!),
  };
}
