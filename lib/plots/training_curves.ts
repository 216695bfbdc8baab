import { checkOptions, type OptionKinds } from "../core/options.ts";
import { ArgumentError } from "../core/errors.ts";
import { suggestion } from "../core/nearest.ts";
import { EVENTS, type Source } from "../tables/schema.ts";
import { Table } from "../tables/table.ts";
import { makeChart } from "./chart.ts";
import { checkNumber, checkRows, checkTable } from "./checks.ts";
import { labelStyles, type Style } from "./label_styles.ts";
import { legendLabels, shortened, wrappedLegend } from "./labels.ts";
import { aroundOne, counted, rounded } from "./numbers.ts";
import { hue } from "./theme.ts";
import type { Chart, ChartOptions, Layout, Spec } from "./types.ts";

/** Options of {@link trainingCurves}. */
export interface TrainingCurvesOptions extends ChartOptions {
  /** Which names to draw, a panel each, from the top. @default every name, in the order of their first events */
  names?: readonly string[];
  /** Where the negatives of a label come from, if from one source: its line has that source's colour. @default by name */
  sources?: Readonly<Record<string, Source>>;
}

const TRAINING_CURVES_OPTIONS: OptionKinds<TrainingCurvesOptions> = {
  title: "string",
  names: "array",
  sources: "object",
};

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
  checkOptions<TrainingCurvesOptions>("trainingCurves", options, TRAINING_CURVES_OPTIONS);
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

/** The chart of {@link trainingCurves} from its series; the live chart draws this, too, and says how far it is. */
export function curves(
  all: readonly Series[],
  { reached, ...options }: TrainingCurvesOptions & { reached?: string } = {},
): Chart {
  const present = [...new Set(all.map(({ panel }) => panel))];
  const panels = options.names ?? present;
  for (const name of panels) {
    if (!present.includes(name)) {
      throw new ArgumentError(`Cannot draw trainingCurves: no event "${name}", ${suggestion(name, present)}`);
    }
  }
  const labels = [...new Set(all.map(({ label }) => label))];
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
      labels: names,
      rows,
      sparse: rows.length <= 40 * own.length,
    };
  });
  const last = Math.max(...all.map(({ points }) => points.at(-1)!.step));
  return makeChart({
    text: [
      `Training, ${reached ?? counted(last, "step")}`,
      ...all.filter(({ panel }) => panels.includes(panel)).map(({ panel, label, points }) =>
        `${label ? `${panel}, ${label}` : panel}: ${format(points[0].value)} at step ${points[0].step}, ` +
        `${format(points.at(-1)!.value)} at step ${points.at(-1)!.step}`
      ),
    ],
    note: (reached ?? counted(last, "step")) + (width === 1 ? "" : `; each point is the mean of up to ${width} values`),
    build: (layout) => {
      const styles = labelStyles(labels, layout.ink, options.sources);
      const independent = {
        color: "independent",
        ...(drawn.some(({ labels }) => hasDashes(stylesOf(labels, styles))) ? { strokeDash: "independent" } : {}),
      };
      return {
        spacing: 8 * layout.unit,
        resolve: { scale: independent, legend: independent },
        vconcat: drawn.map((panel, i) =>
          drawPanel(panel, {
            styles: stylesOf(panel.labels, styles),
            lowest: i === drawn.length - 1,
            height: drawn.length > 2 ? 58 : 84,
            // A legend above an upper panel does for the same series below.
            explained: drawn.slice(0, i).some(({ labels }) => String(labels) === String(panel.labels)),
            last,
            layout,
          })
        ),
      };
    },
  }, options);
}

/** Dashes, in units, of the lines that have a colour for the first, second, … time. */
const DASHES = [[1, 0], [4, 2], [1, 1.5], [6, 1.5, 1, 1.5]];

function stylesOf(labels: readonly string[], styles: Map<string, Style>): Style[] {
  return labels.map((label) => styles.get(label)!);
}

function hasDashes(styles: readonly Style[]): boolean {
  return styles.some(({ round }) => round > 0);
}

/** Small numbers such as learning rates as 1.5e-5. */
const LABEL = "datum.value != 0 && abs(datum.value) < 0.001 ? format(datum.value, '.2~e') : format(datum.value, '~g')";

interface Panel {
  panel: string;
  names: string[];
  labels: string[];
  rows: (Point & { series: string })[];
  sparse: boolean;
}

/** Where and how a panel is drawn. */
interface Place {
  styles: Style[];
  lowest: boolean;
  /** In units. */
  height: number;
  /** Whether a legend of these series is drawn already. */
  explained: boolean;
  /** The last step of the axis. */
  last: number;
  layout: Layout;
}

function drawPanel({ panel, names, rows, sparse }: Panel, place: Place): Spec {
  const { styles, lowest, explained, last, layout } = place;
  const { unit } = layout;
  const width = Math.round(layout.width - 62 * unit);
  const height = Math.round(place.height * unit);
  // The legend may end where the chart does, which is a little to the right of the axis.
  const room = width + 10 * unit;
  const dashed = hasDashes(styles);
  const symbol = dashed ? { symbolType: "stroke", symbolSize: 300 * unit } : {};
  const labels = legendLabels(names, room, layout, symbol);
  const series = (range: unknown[]) => ({
    field: "series",
    type: "nominal",
    scale: { domain: labels, range },
    ...(explained ? { legend: null } : wrappedLegend(labels, room, layout, symbol)),
  });
  const dashes = styles.map(({ round }) => DASHES[round % DASHES.length].map((length) => length * unit));
  return {
    width,
    height,
    data: { values: rows.map((row) => ({ ...row, series: labels[names.indexOf(row.series)] })) },
    mark: { type: "line", strokeWidth: (sparse ? 1.4 : 1) * unit, point: sparse ? { size: 12 * unit } : false },
    encoding: {
      x: {
        field: "step",
        type: "quantitative",
        title: lowest ? "step" : null,
        scale: { domain: [0, Math.max(1, last)], nice: false },
        axis: { tickCount: 6, tickMinStep: 1, ...(lowest ? {} : { labels: false, ticks: false }) },
      },
      y: {
        field: "value",
        type: "quantitative",
        title: shortened([panel.replaceAll("_", " ")], height + 8 * unit, layout)[0],
        scale: aroundOne(rows.map((row) => row.value)),
        axis: { grid: true, tickCount: 4, minExtent: 30 * unit, labelExpr: LABEL },
      },
      ...(names.length === 1 ? { color: { value: names[0] === "all" ? hue.main : styles[0].colour } } : {
        color: series(styles.map(({ colour }) => colour)),
        ...(dashed ? { strokeDash: series(dashes) } : {}),
      }),
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
