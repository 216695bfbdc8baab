import type { Collection } from "../collections/mod.ts";
import { progress } from "../core/progress.ts";
import type { Encoder } from "../encoders/mod.ts";
import { type Filter, type FilterEffect, filterEffects, filters, MINERS, rescore } from "../negatives/mod.ts";
import type { NEGATIVES, Table } from "../tables/mod.ts";

/** Options of {@link auditFilters}. */
export interface AuditFilterOptions {
  readonly split: string;
  readonly encoder: Encoder | undefined;
  readonly signal: AbortSignal;
}

/** False-negative rates before and after filters on the miners' own scores, then on the encoder's for every source. */
export async function auditFilters(
  negatives: Table<typeof NEGATIVES>,
  collection: Collection,
  { split, encoder, signal }: AuditFilterOptions,
): Promise<FilterEffect[]> {
  const present = new Set(negatives.column("source"));
  const scored = MINERS.parts.filter(({ scores }) => scores).map(({ name }) => name);
  const mined = scored.filter((source) => present.has(source));
  const own: Record<string, Filter[]> = { "near-duplicates 0.8": [filters.nearDuplicates()] };
  if (mined.length > 0) {
    own["ranks 1 to 4"] = [filters.rankWindow({ to: 4, sources: mined })];
    own["ranks from 5"] = [filters.rankWindow({ from: 5, sources: mined })];
    own["relative margin 5 %"] = [filters.relativeMargin(0.05, { sources: mined })];
    own["relative margin 20 %"] = [filters.relativeMargin(0.2, { sources: mined })];
  }
  const rows = await filterEffects(negatives, collection, own, { split, signal });
  if (!encoder) return rows;
  const report = progress({ label: `scoring by ${encoder.name}`, unit: "texts" });
  const rescored = await rescore(negatives, collection, encoder, { split, progress: report, signal });
  report.finish();
  const all: Record<string, Filter[]> = {
    [`relative margin 5 % by ${encoder.name}`]: [filters.relativeMargin(0.05)],
    [`relative margin 20 % by ${encoder.name}`]: [filters.relativeMargin(0.2)],
    [`absolute margin 0.1 by ${encoder.name}`]: [filters.absoluteMargin(0.1)],
    "all of these": [
      filters.nearDuplicates(),
      ...mined.length > 0 ? [filters.rankWindow({ from: 5, sources: mined })] : [],
      filters.relativeMargin(0.2),
      filters.absoluteMargin(0.1),
    ],
  };
  const more = await filterEffects(rescored, collection, all, { split, signal });
  return [...rows, ...more.filter((row) => row.filter !== "before")];
}
