import type { FormerRows } from "./types.ts";

/**
 * NEGATIVES as version 0.1 wrote them: one column `model` for writer and scorer, the level inside the attributes, the
 * verdict "relabelled".
 */
export const FORMER_NEGATIVES: FormerRows = {
  columns: ["model"],
  upgrade(row) {
    const { model, ...rest } = row;
    const upgraded: Record<string, unknown> = { ...rest };
    if (model !== undefined && model !== null) upgraded[row.recipe ? "writer" : "scorer"] ??= model;
    if (row.verdict === "relabelled") upgraded.verdict = "relabeled";
    if ((row.grade ?? null) === null) Object.assign(upgraded, gradeOf(row.attributes));
    return upgraded;
  },
};

/** The level inside attributes as a grade, and the attributes without it; JSONL holds them as an object. */
function gradeOf(attributes: unknown): Record<string, unknown> {
  const parsed = typeof attributes === "string" ? objectOf(attributes) : attributes;
  if (typeof parsed !== "object" || parsed === null || !("level" in parsed)) return {};
  const { level, ...others } = parsed;
  return Number.isInteger(level) ? { grade: level, attributes: JSON.stringify(others) } : {};
}

function objectOf(text: string): unknown {
  if (!text.includes('"level"')) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
