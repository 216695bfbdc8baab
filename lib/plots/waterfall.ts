import type * as z from "zod";
import { count, counted } from "../core/format_numbers.ts";
import { parseOptions } from "../core/parse_options.ts";
import { NEGATIVES } from "../tables/schema.ts";
import { type Source, sourceColor, SOURCES } from "../tables/sources.ts";
import type { Table } from "../tables/table.ts";
import { CHART_OPTIONS, type ChartPart } from "./drawing/chart_part.ts";
import { checkTable } from "./drawing/checks.ts";
import { labelWidth, shortened, wrappedLegend } from "./drawing/labels.ts";
import { makeChart } from "./drawing/make_chart.ts";
import { rounded, wholeTicks } from "./drawing/numbers.ts";
import type { Chart, ChartOptions, Layout, Spec } from "./types.ts";

/**
 * Waterfall of candidates: all of them, what each rule removed, and what is kept, colored by source. The rule of a
 * dropped or relabeled row is the part of its `reason` before the first colon. Rules are in the order of their use.
 *
 * @category Plots
 *
 * @throws {ArgumentError} for a table without rows or without the columns of NEGATIVES.
 *
 * @example
 * ```ts
 * import { NEGATIVES, tableOf } from "@syneg/kit";
 * import { waterfall } from "./mod.ts";
 * const row = { query_id: "q1", doc_id: "d1", source: "bm25", rank: 1 } as const;
 * const dropped = { ...row, doc_id: "d2", verdict: "dropped", reason: "positive: grade 1" } as const;
 * console.log(waterfall(tableOf(NEGATIVES, [{ ...row, verdict: "kept" }, dropped])).text);
 * ```
 */
export function waterfall(negatives: Table<typeof NEGATIVES>, options: ChartOptions = {}): Chart {
  return draw(parseOptions("waterfall", CHART_OPTIONS, options), negatives);
}

/** The entry of {@link waterfall} in the registry. */
export const waterfallChart: ChartPart<typeof CHART_OPTIONS, [Table<typeof NEGATIVES>]> = {
  name: "waterfall",
  about: "candidates, what each rule removed, and what is kept, by source",
  options: CHART_OPTIONS,
  make: draw,
};

const ALL = "candidates";
const KEPT = "kept";
const RELABELED = " (relabeled)";

/** A step of the waterfall: all candidates, a rule, or what is kept. */
interface Step {
  rule: string;
  bySource: Map<Source, number>;
  sum: number;
}

/** The part of a bar that one source fills. */
interface Part {
  rule: string;
  source: Source;
  number: number;
  from: number;
  to: number;
}

/** The number at the end of a bar. */
interface End {
  rule: string;
  end: number;
  text: string;
}

function draw(options: z.output<typeof CHART_OPTIONS>, negatives: Table<typeof NEGATIVES>): Chart {
  const steps = stepsOf(negatives);
  const present = SOURCES.filter((source) => steps[0].bySource.has(source));
  const parts = partsOf(steps, present);
  const candidates = counted(negatives.length, "candidate");
  return makeChart({
    text: [`What became of ${candidates}`, ...steps.map(({ rule, sum }) => `${rule}: ${count(sum)}`)],
    note: `${candidates}, what each rule removed, what is kept`,
    build: (layout) => specOf({ parts, ends: endsOf(steps, parts), present, total: negatives.length }, layout),
  }, options);
}

/** Counts rows by rule and source, rules in the order of their use. */
function stepsOf(negatives: Table<typeof NEGATIVES>): Step[] {
  checkTable("waterfall", negatives, NEGATIVES, ["source", "verdict", "reason"]);
  const totals = new Map<string, Map<Source, number>>([[ALL, new Map()]]);
  const kept = new Map<Source, number>();
  const sources = [...negatives.column("source")] as Source[];
  const reasons = [...negatives.column("reason")];
  [...negatives.column("verdict")].forEach((verdict, i) => {
    increase(totals.get(ALL)!, sources[i]);
    if (verdict === "kept") return increase(kept, sources[i]);
    const rule = ruleOf(verdict, reasons[i]);
    if (!totals.has(rule)) totals.set(rule, new Map());
    increase(totals.get(rule)!, sources[i]);
  });
  const order: string[] = JSON.parse(negatives.metadata.get("syneg.rules") ?? "[]");
  const place = (rule: string) => {
    const at = order.indexOf(rule.replace(RELABELED, ""));
    return rule === ALL ? -1 : at < 0 ? order.length : at;
  };
  return [...totals].sort(([a], [b]) => place(a) - place(b)).concat([[KEPT, kept]]).map(([rule, bySource]) => ({
    rule,
    bySource,
    sum: [...bySource.values()].reduce((a, b) => a + b, 0),
  }));
}

function ruleOf(verdict: string, reason: string | null): string {
  const rule = reason?.split(":")[0].trim() || "no reason given";
  return verdict === "dropped" ? rule : `${rule}${RELABELED}`;
}

function increase(counts: Map<Source, number>, source: Source): void {
  counts.set(source, (counts.get(source) ?? 0) + 1);
}

/** Whether a step is a total, which starts at 0, and not what a rule removed. */
function isTotal(rule: string): boolean {
  return rule === ALL || rule === KEPT;
}

/** The parts of every bar: what a rule removed hangs below what was left before it. */
function partsOf(steps: readonly Step[], present: readonly Source[]): Part[] {
  let remaining = steps[0].sum;
  return steps.flatMap(({ rule, bySource, sum }) => {
    if (!isTotal(rule)) remaining -= sum;
    let from = isTotal(rule) ? 0 : remaining;
    return present.filter((source) => bySource.has(source)).map((source): Part => {
      const number = bySource.get(source)!;
      from += number;
      return { rule, source, number, from: from - number, to: from };
    });
  });
}

function endsOf(steps: readonly Step[], parts: readonly Part[]): End[] {
  return steps.map(({ rule, sum }) => ({
    rule,
    end: parts.findLast((part) => part.rule === rule)?.to ?? 0,
    text: isTotal(rule) ? count(sum) : `−${count(sum)}`,
  }));
}

/** Everything that the drawing shows. */
interface Bars {
  parts: readonly Part[];
  ends: readonly End[];
  present: readonly Source[];
  /** Number of candidates. */
  total: number;
}

function specOf({ parts, ends, present, total }: Bars, layout: Layout): Spec {
  const { width, unit } = layout;
  const rules = ends.map(({ rule }) => rule);
  const labels = shortened(rules, Math.min(146 * unit, 0.36 * width), layout);
  const named = <R extends { rule: string }>(rows: readonly R[]) =>
    rows.map((row) => ({ ...row, rule: labels[rules.indexOf(row.rule)] }));
  const room = width - 11 * unit - Math.max(...labels.map((label) => labelWidth(label, layout)));
  // Far enough to the right that every number ends inside the chart.
  const right = ends.map(({ end, text }) => end / (1 - (4 * unit + labelWidth(text, layout)) / room));
  const y = { field: "rule", type: "nominal", sort: labels, title: null, axis: { domain: false, ticks: false } };
  const x = (field: string) => ({
    field,
    type: "quantitative",
    title: "candidates",
    scale: { domain: [0, Math.max(total * 1.14, ...right.map(rounded))], nice: false },
    axis: { grid: true, tickCount: 5, ...wholeTicks(total) },
  });
  const color = {
    field: "source",
    type: "nominal",
    scale: { domain: present, range: present.map((source) => sourceColor[source]) },
    ...wrappedLegend(present, room + 2 * unit, layout),
  };
  return {
    width,
    height: Math.round(20 * unit * ends.length),
    autosize: { type: "fit-x", contains: "padding" },
    layer: [
      {
        data: { values: named(parts) },
        mark: { type: "bar" },
        encoding: { y, x: x("from"), x2: { field: "to" }, color },
      },
      {
        data: { values: named(ends) },
        mark: { type: "text", align: "left", dx: 3 * unit },
        encoding: { y, x: x("end"), text: { field: "text" } },
      },
    ],
  };
}
