import { signed } from "../../core/format_numbers.ts";
import type { Source } from "../../tables/sources.ts";
import type { Layout, Spec } from "../types.ts";
import { labelStyles } from "./label_styles.ts";
import { axisTitle, labelWidth, shortened } from "./labels.ts";
import { niceStep, rounded } from "./numbers.ts";

/** A row of a forest plot with its texts. */
export interface ForestRow {
  arm: string;
  source?: Source;
  difference: number;
  low: number;
  high: number;
  p?: string;
  /** Wins and losses: "163/116". */
  tally?: string;
}

/** The texts around the rows. */
export interface ForestWords {
  measure: string;
  /** Half the width of the band around zero. Omit for no band. */
  margin?: number;
  pName: string;
}

/** A column of text to the right of the intervals. */
interface Column {
  name: string;
  texts: string[];
  /** Pixels from the right end of the intervals to the right end of the column. */
  end: number;
}

/** Height of a row in units. */
const ROW = 18;

/** Label of the first row, which holds the heads of the columns. */
const HEAD = " ";

/** Ticks with their sign, except zero. */
const SIGNED = "datum.value == 0 ? '0' : format(datum.value, '+~g')";

/** The specification of a forest plot: intervals on the left, columns of numbers on the right. */
export function forestSpec(rows: readonly ForestRow[], words: ForestWords, layout: Layout): Spec {
  const { width, unit } = layout;
  const labels = shortened(rows.map(({ arm }) => arm), Math.min(146 * unit, 0.3 * width), layout);
  const left = Math.max(...labels.map((label) => labelWidth(label, layout))) + 3 * unit;
  const room = width - 8 * unit - left;
  const full = columnsOf(rows, words, true, layout);
  // The difference in numbers, too, if the intervals keep enough of the width.
  const { columns, right } = room - full.right >= 0.36 * width ? full : columnsOf(rows, words, false, layout);
  const row = Math.round(ROW * unit);
  const y = {
    field: "label",
    type: "nominal",
    sort: [HEAD, ...labels],
    title: null,
    scale: { domain: [HEAD, ...labels] },
    axis: { domain: false, ticks: false },
  };
  const x = axisOf(rows, words, room - right, layout);
  const values = rows.map(({ arm, difference, low, high }, i) => ({
    label: labels[i],
    arm,
    difference: rounded(difference),
    low: rounded(low),
    high: rounded(high),
  }));
  return {
    width,
    height: row * (rows.length + 1),
    autosize: { type: "fit-x", contains: "padding" },
    data: { values },
    layer: [
      ...guidesOf(words.margin, x, row, layout),
      ...intervalsOf(rows, labels, { x, y }, layout),
      ...columns.map((column) => columnLayer(column, labels, y, layout)),
    ],
  };
}

/** A horizontal channel by its field. */
type Axis = (field: string) => Spec;

function axisOf(rows: readonly ForestRow[], { measure, margin }: ForestWords, plot: number, layout: Layout): Axis {
  const domain = domainOf(rows, margin);
  return (field) => ({
    field,
    type: "quantitative",
    title: axisTitle(`difference in ${measure}, better\u00a0→`, Math.max(plot, 0.4 * layout.width), layout),
    scale: { domain, nice: false },
    axis: { grid: true, values: ticksOf(domain, plot, layout), labelExpr: SIGNED },
  });
}

/** The band of equivalence and the zero line, below the row of heads. */
function guidesOf(margin: number | undefined, x: Axis, row: number, { unit, ink }: Layout): Spec[] {
  const below = { y: { value: row }, y2: { value: "height" } };
  return [
    ...(margin === undefined ? [] : [{
      data: { values: [{ from: -margin, to: margin }] },
      mark: { type: "rect", color: ink.guide, opacity: 0.16 },
      encoding: { x: x("from"), x2: { field: "to" }, ...below },
    }]),
    {
      data: { values: [{ zero: 0 }] },
      mark: { type: "rule", color: ink.guide, strokeWidth: unit },
      encoding: { x: x("zero"), ...below },
    },
  ];
}

function intervalsOf(
  rows: readonly ForestRow[],
  labels: readonly string[],
  { x, y }: { x: Axis; y: Spec },
  { unit, ink }: Layout,
): Spec[] {
  const styles = labelStyles(
    rows.map(({ arm }) => arm),
    ink,
    Object.fromEntries(rows.flatMap(({ arm, source }) => source ? [[arm, source]] : [])),
  );
  const color = {
    field: "label",
    type: "nominal",
    legend: null,
    scale: { domain: labels, range: rows.map(({ arm }) => styles.get(arm)!.color) },
  };
  return [
    {
      mark: { type: "rule", strokeWidth: 1.6 * unit },
      encoding: { y, x: x("low"), x2: { field: "high" }, color },
    },
    { mark: { type: "point", size: 40 * unit * unit }, encoding: { y, x: x("difference"), color } },
  ];
}

function columnLayer({ name, texts, end }: Column, labels: readonly string[], y: Spec, { ink }: Layout): Spec {
  return {
    data: {
      values: [{ label: HEAD, text: name, head: true }, ...texts.map((text, i) => ({ label: labels[i], text }))],
    },
    mark: { type: "text", align: "right", dx: rounded(end) },
    encoding: {
      y,
      x: { value: "width" },
      text: { field: "text" },
      color: { condition: { test: "datum.head", value: ink.soft }, value: ink.text },
    },
  };
}

/** The columns that are not empty, and their total width. */
function columnsOf(
  rows: readonly ForestRow[],
  { pName }: ForestWords,
  wide: boolean,
  layout: Layout,
): { columns: Column[]; right: number } {
  const { unit } = layout;
  const found: [string, (string | undefined)[]][] = [
    [wide ? "difference [interval]" : "", rows.map(inNumbers)],
    [pName, rows.map(({ p }) => p)],
    [wide ? "better/worse" : "win/loss", rows.map(({ tally }) => tally)],
  ];
  let right = 0;
  const columns = found.filter(([name, texts]) => name !== "" && texts.some((text) => text !== undefined))
    .map(([name, texts]) => {
      const shown = texts.map((text) => text ?? "–");
      right += Math.max(...[name, ...shown].map((text) => labelWidth(text, layout))) + 9 * unit;
      return { name, texts: shown, end: right };
    });
  return { columns, right };
}

function inNumbers({ difference, low, high }: ForestRow): string {
  return `${signed(difference)} [${signed(low)}, ${signed(high)}]`;
}

/** All intervals, zero and the band, with a little room at both ends. */
function domainOf(rows: readonly ForestRow[], margin = 0): [number, number] {
  const ends = [0, -margin, margin, ...rows.flatMap(({ low, high }) => [low, high])];
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const room = 0.04 * (high - low) || 1;
  return [rounded(low - room), rounded(high + room)];
}

/** Ticks at round numbers, zero among them, as many as have room for their labels. */
function ticksOf([low, high]: [number, number], plot: number, layout: Layout): number[] {
  for (let parts = 8; parts > 0; parts--) {
    const step = niceStep(high - low, parts);
    const first = Math.ceil(low / step);
    const ticks = Array.from(
      { length: Math.floor(high / step) - first + 1 },
      (_, i) => rounded((first + i) * step) || 0,
    );
    const widest = Math.max(...ticks.map((tick) => labelWidth(`+${tick}`, layout)));
    if (widest + 8 * layout.unit <= plot * step / (high - low)) return ticks;
  }
  return [0];
}
