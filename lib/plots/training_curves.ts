import { ArgumentError } from "../core/errors.ts";
import { suggestion } from "../core/nearest.ts";
import { EVENTS, type Source } from "../data/schema.ts";
import { Table } from "../data/table.ts";
import { makeChart } from "./chart.ts";
import { checkNumber, checkRows, checkTable } from "./checks.ts";
import { counted, rounded } from "./numbers.ts";
import { ink, sourceColour } from "./theme.ts";
import type { Chart, ChartOptions, Spec } from "./types.ts";

/** Options of {@link trainingCurves}. */
export interface TrainingCurvesOptions extends ChartOptions {
  /** Which names to draw, a panel each, from the top. @default every name, in the order of their first events */
  names?: readonly string[];
}

/** Points of a series that are drawn at most; longer ones are means of neighbouring steps. */
const POINTS = 300;

/**
 * What happened in training, a panel for each name of event over the steps. A name such as `loss:bm25` is a series of
 * the panel `loss`, in the colour of its source. Given several tables by label, such as one for each arm of an
 * experiment, it draws a line for each of them and leaves the series by source out. Long series are drawn as means of
 * neighbouring steps, and the chart says so.
 *
 * @throws {ArgumentError} on a table without rows or without the columns of EVENTS, or an unknown name.
 */
export function trainingCurves(
  events: Table<typeof EVENTS> | Readonly<Record<string, Table<typeof EVENTS>>>,
  options: TrainingCurvesOptions = {},
): Chart {
  if (events instanceof Table) return curves(seriesOf(events), options);
  checkRows("trainingCurves", Object.values(events ?? {}), []);
  const all: Series[] = Object.entries(events).flatMap(([label, table]) =>
    seriesOf(table).filter(({ label }) => label === "").map((series) => ({ ...series, label }))
  );
  return curves(all, options);
}

/** One value of a series. */
export interface Point {
  step: number;
  value: number;
}

/** Values over steps; `label` tells apart the series of a panel, and is empty for the only or main one. */
export interface Series {
  readonly panel: string;
  readonly label: string;
  readonly points: Point[];
}

/** Splits the name of an event: `loss:bm25` is the series `bm25` of the panel `loss`. */
export function newSeries(name: string): Series {
  const [panel, label = ""] = name.split(":");
  return { panel, label, points: [] };
}

function seriesOf(events: Table<typeof EVENTS>): Series[] {
  checkTable("trainingCurves", events, EVENTS, ["step", "name", "value"]);
  const steps = events.numbers("step");
  const values = events.numbers("value");
  const found = new Map<string, Series>();
  let at = 0;
  for (const name of events.column("name")) {
    checkNumber("trainingCurves", values[at], `row ${at}, column "value"`);
    if (!found.has(name)) found.set(name, newSeries(name));
    found.get(name)!.points.push({ step: steps[at], value: values[at] });
    at++;
  }
  return [...found.values()];
}

/** The chart of {@link trainingCurves} from its series; the live chart draws this, too. */
export function curves(all: readonly Series[], options: TrainingCurvesOptions = {}): Chart {
  const present = [...new Set(all.map(({ panel }) => panel))];
  const panels = options.names ?? present;
  for (const name of panels) {
    if (!present.includes(name)) {
      throw new ArgumentError(`Cannot draw trainingCurves: no event "${name}", ${suggestion(name, present)}`);
    }
  }
  const labels = [...new Set(all.map(({ label }) => label))];
  const colours = new Map(labels.map((label) => [label, colourOf(label, labels)]));
  let width = 1;
  const drawn = panels.map((panel): Panel => {
    const own = all.filter((series) => series.panel === panel);
    const rows = own.flatMap(({ label, points }) => {
      const size = Math.ceil(points.length / POINTS);
      width = Math.max(width, size);
      return means(points, size).map((point) => ({ series: label || "all", ...point }));
    });
    const names = own.map(({ label }) => label);
    return {
      panel,
      names: names.map((name) => name || "all"),
      colours: names.map((name) => colours.get(name)!),
      rows,
      sparse: rows.length <= 40 * own.length,
    };
  });
  const last = Math.max(...all.map(({ points }) => points.at(-1)!.step));
  return makeChart({
    text: [
      `Training, ${counted(last, "step")}`,
      ...all.filter(({ panel }) => panels.includes(panel)).map(({ panel, label, points }) =>
        `${label ? `${panel}, ${label}` : panel}: ${format(points[0].value)} at step ${points[0].step}, ` +
        `${format(points.at(-1)!.value)} at step ${points.at(-1)!.step}`
      ),
    ],
    note: counted(last, "step") + (width === 1 ? "" : `; each point is the mean of up to ${width} values`),
    build: (layout) => ({
      spacing: 8 * layout.unit,
      resolve: { scale: { color: "independent" }, legend: { color: "independent" } },
      vconcat: drawn.map((panel, i) => drawPanel(panel, i === drawn.length - 1, drawn.length, last, layout)),
    }),
  }, options);
}

/** Sources keep their colour; other labels take the next of {@link OTHERS}. */
function colourOf(label: string, labels: readonly string[]): string {
  if (Object.hasOwn(sourceColour, label)) return sourceColour[label as Source];
  if (label === "") return labels.length === 1 ? ink.main : ink.text;
  const others = labels.filter((other) => other !== "" && !Object.hasOwn(sourceColour, other));
  return OTHERS[others.indexOf(label) % OTHERS.length];
}

/** Colours of labels that are no source, after Tol, "Colour schemes" (2021): vivid and dark beside the sources' own. */
const OTHERS = ["#882255", "#44aa99", "#ddaa33", "#332288", "#aa4499", "#222222"];

/** Small numbers such as learning rates as 1.5e-5. */
const LABEL = "datum.value != 0 && abs(datum.value) < 0.001 ? format(datum.value, '.2~e') : format(datum.value, '~g')";

interface Panel {
  panel: string;
  names: string[];
  colours: string[];
  rows: Point[];
  sparse: boolean;
}

function drawPanel(
  { panel, names, colours, rows, sparse }: Panel,
  lowest: boolean,
  panels: number,
  last: number,
  { width, unit }: { width: number; unit: number },
): Spec {
  const single = names.length === 1;
  const [value, ...others] = rows.map((row) => row.value);
  // Around a constant Vega would draw one tick with all the digits of the value.
  const constant = value !== 0 && others.every((other) => other === value);
  const scale = constant ? { domain: [0.9 * value, 1.1 * value].sort((a, b) => a - b) } : { zero: false };
  return {
    width: Math.round(width - 62 * unit),
    height: Math.round((panels > 2 ? 58 : 84) * unit),
    data: { values: rows },
    mark: { type: "line", strokeWidth: (sparse ? 1.4 : 1) * unit, point: sparse ? { size: 12 * unit } : false },
    encoding: {
      x: {
        field: "step",
        type: "quantitative",
        title: lowest ? "step" : null,
        scale: { domain: [0, last], nice: false },
        axis: { tickCount: 6, tickMinStep: 1, ...(lowest ? {} : { labels: false, ticks: false }) },
      },
      y: {
        field: "value",
        type: "quantitative",
        title: panel.replaceAll("_", " "),
        scale,
        axis: { grid: true, tickCount: 4, minExtent: 30 * unit, labelExpr: LABEL },
      },
      color: single ? { value: names[0] === "all" ? ink.main : colours[0] } : {
        field: "series",
        type: "nominal",
        scale: { domain: names, range: colours },
      },
    },
  };
}

function means(points: readonly Point[], size: number): Point[] {
  return Array.from({ length: Math.ceil(points.length / size) }, (_, i) => {
    const part = points.slice(i * size, (i + 1) * size);
    const mean = (pick: (point: Point) => number) => part.reduce((sum, point) => sum + pick(point), 0) / part.length;
    return { step: rounded(mean((point) => point.step)), value: rounded(mean((point) => point.value)) };
  });
}

function format(value: number): string {
  return String(Number(value.toPrecision(4)));
}
