import { CHART_OPTIONS } from "./types.ts";
import { checkOptions } from "../core/options.ts";
import { NEGATIVES, type Source, SOURCES } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";
import { makeChart } from "./chart.ts";
import { checkTable } from "./checks.ts";
import { labelWidth, shortened, wrappedLegend } from "./labels.ts";
import { count, counted, rounded, wholeTicks } from "./numbers.ts";
import { sourceColour } from "./theme.ts";
import type { Chart, ChartOptions } from "./types.ts";

/**
 * Where candidates went: all of them, what each rule took, what is left, coloured by source. The rule of a dropped or
 * relabelled row is what its `reason` says before the first colon; rules stand in the order in which they were applied.
 *
 * @throws {ArgumentError} on a table without rows or without the columns of NEGATIVES.
 */
export function waterfallChart(negatives: Table<typeof NEGATIVES>, options: ChartOptions = {}): Chart {
  checkOptions<ChartOptions>("waterfallChart", options, CHART_OPTIONS);
  checkTable("waterfallChart", negatives, NEGATIVES, ["source", "verdict", "reason"]);
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
    const at = order.indexOf(rule.replace(RELABELLED, ""));
    return rule === ALL ? -1 : at < 0 ? order.length : at;
  };
  const steps = [...totals].sort(([a], [b]) => place(a) - place(b)).concat([[KEPT, kept]]);

  const present = SOURCES.filter((source) => totals.get(ALL)!.has(source));
  const sums = steps.map(([rule, bySource]) => ({
    rule,
    sum: [...bySource.values()].reduce((a, b) => a + b, 0),
  }));
  let remaining = negatives.length;
  const values = steps.flatMap(([rule, bySource], row) => {
    if (rule !== ALL && rule !== KEPT) remaining -= sums[row].sum;
    let from = rule === ALL || rule === KEPT ? 0 : remaining;
    return present.filter((source) => bySource.has(source)).map((source) => {
      const number = bySource.get(source)!;
      from += number;
      return { rule, source, number, from: from - number, to: from };
    });
  });
  const ends = sums.map(({ rule, sum }) => ({
    rule,
    end: values.findLast((value) => value.rule === rule)?.to ?? 0,
    text: rule === ALL || rule === KEPT ? count(sum) : `−${count(sum)}`,
  }));
  return makeChart({
    text: [
      `What became of ${counted(negatives.length, "candidate")}`,
      ...sums.map(({ rule, sum }) => `${rule}: ${count(sum)}`),
    ],
    note: `${counted(negatives.length, "candidate")}, what each rule took, what is kept`,
    build: (layout) => {
      const { width, unit } = layout;
      const rules = sums.map(({ rule }) => rule);
      const labels = shortened(rules, Math.min(146 * unit, 0.36 * width), layout);
      const named = <R extends { rule: string }>(rows: R[]) =>
        rows.map((row) => ({ ...row, rule: labels[rules.indexOf(row.rule)] }));
      const room = width - 11 * unit - Math.max(...labels.map((label) => labelWidth(label, layout)));
      // So far to the right that every number ends before the chart does.
      const right = ends.map(({ end, text }) => end / (1 - (4 * unit + labelWidth(text, layout)) / room));
      const y = {
        field: "rule",
        type: "nominal",
        sort: labels,
        title: null,
        axis: { domain: false, ticks: false },
      };
      const x = (field: string) => ({
        field,
        type: "quantitative",
        title: "candidates",
        scale: { domain: [0, Math.max(negatives.length * 1.14, ...right.map(rounded))], nice: false },
        axis: { grid: true, tickCount: 5, ...wholeTicks(negatives.length) },
      });
      return {
        width,
        height: Math.round(20 * unit * sums.length),
        autosize: { type: "fit-x", contains: "padding" },
        layer: [
          {
            data: { values: named(values) },
            mark: { type: "bar" },
            encoding: {
              y,
              x: x("from"),
              x2: { field: "to" },
              color: {
                field: "source",
                type: "nominal",
                scale: { domain: present, range: present.map((source) => sourceColour[source]) },
                ...wrappedLegend(present, room + 2 * unit, layout),
              },
            },
          },
          {
            data: { values: named(ends) },
            mark: { type: "text", align: "left", dx: 3 * unit },
            encoding: { y, x: x("end"), text: { field: "text" } },
          },
        ],
      };
    },
  }, options);
}

const ALL = "candidates";
const KEPT = "kept";
const RELABELLED = " (relabelled)";

function ruleOf(verdict: string, reason: string | null): string {
  const rule = reason?.split(":")[0].trim() || "no reason given";
  return verdict === "relabelled" ? `${rule}${RELABELLED}` : rule;
}

function increase(counts: Map<Source, number>, source: Source): void {
  counts.set(source, (counts.get(source) ?? 0) + 1);
}
