import { ArgumentError } from "../../core/errors.ts";
import { counted } from "../../core/format_numbers.ts";
import { suggestion } from "../../core/nearest.ts";
import type { Source } from "../../tables/sources.ts";
import type { Chart, ChartOptions, Spec } from "../types.ts";
import { type CurvePanel, hasDashes, panelSpec, type Point } from "./curve_panel.ts";
import { labelStyles, type Style } from "./label_styles.ts";
import { makeChart } from "./make_chart.ts";
import { rounded } from "./numbers.ts";

/** Most points of a series to draw; longer series are drawn as means of neighboring steps. */
const POINTS = 300;

/** Values over steps. `label` distinguishes the series of a panel; it is empty for the only or main one. */
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

/** Options of {@link curves}. */
export interface CurvesOptions extends ChartOptions {
  names?: readonly string[];
  sources?: Readonly<Record<string, Source>>;
  /** Progress of a running training, such as "step 3 of 10". */
  reached?: string;
}

/** The chart of training curves from its series, finished or still growing. */
export function curves(all: readonly Series[], options: CurvesOptions = {}): Chart {
  const { reached, sources } = options;
  const names = namesOf(all, options.names);
  const shown = all.filter(({ panel }) => names.includes(panel));
  const size = Math.max(1, ...shown.map(({ points }) => Math.ceil(points.length / POINTS)));
  const panels = names.map((name) => panelOf(name, shown.filter(({ panel }) => panel === name)));
  const last = Math.max(...all.map(({ points }) => points.at(-1)!.step));
  const labels = [...new Set(all.map(({ label }) => label))];
  return makeChart({
    text: [`Training, ${reached ?? counted(last, "step")}`, ...shown.map(sentence)],
    note: (reached ?? counted(last, "step")) + (size === 1 ? "" : `; each point is the mean of up to ${size} values`),
    build: (layout) => {
      const styles = labelStyles(labels, layout.ink, sources);
      return stacked(panels, styles, layout.unit, (panel, i) =>
        panelSpec(panel, {
          styles: stylesOf(panel.labels, styles),
          lowest: i === panels.length - 1,
          height: panels.length > 2 ? 58 : 84,
          // The legend of an upper panel serves the same series below.
          explained: panels.slice(0, i).some(({ labels }) => String(labels) === String(panel.labels)),
          last,
          layout,
        }));
    },
  }, options);
}

/** Names of the panels to draw, checked. */
function namesOf(all: readonly Series[], names: readonly string[] | undefined): readonly string[] {
  const present = [...new Set(all.map(({ panel }) => panel))];
  for (const name of names ?? []) {
    if (present.includes(name)) continue;
    throw new ArgumentError(`Cannot draw trainingCurves: no event "${name}", ${suggestion(name, present)}`);
  }
  return names ?? present;
}

function panelOf(name: string, series: readonly Series[]): CurvePanel {
  const rows = series.flatMap(({ label, points }) =>
    means(points, Math.ceil(points.length / POINTS)).map((point) => ({ series: label || "all", ...point }))
  );
  return {
    name,
    names: series.map(({ label }) => label || "all"),
    labels: series.map(({ label }) => label),
    rows,
    sparse: rows.length <= 40 * series.length,
  };
}

/** Panels below each other, each with its own colors. */
function stacked(
  panels: readonly CurvePanel[],
  styles: Map<string, Style>,
  unit: number,
  draw: (panel: CurvePanel, i: number) => Spec,
): Spec {
  const dashed = panels.some(({ labels }) => hasDashes(stylesOf(labels, styles)));
  const independent = { color: "independent", ...(dashed ? { strokeDash: "independent" } : {}) };
  return {
    spacing: 8 * unit,
    resolve: { scale: independent, legend: independent },
    vconcat: panels.map(draw),
  };
}

function stylesOf(labels: readonly string[], styles: Map<string, Style>): Style[] {
  return labels.map((label) => styles.get(label)!);
}

function means(points: readonly Point[], size: number): Point[] {
  return Array.from({ length: Math.ceil(points.length / size) }, (_, i) => {
    const part = points.slice(i * size, (i + 1) * size);
    const mean = (pick: (point: Point) => number) => part.reduce((sum, point) => sum + pick(point), 0) / part.length;
    return { step: rounded(mean((point) => point.step)), value: rounded(mean((point) => point.value)) };
  });
}

function sentence({ panel, label, points }: Series): string {
  const [first, last] = [points[0], points.at(-1)!];
  return `${label ? `${panel}, ${label}` : panel}: ${format(first.value)} at step ${first.step}, ` +
    `${format(last.value)} at step ${last.step}`;
}

function format(value: number): string {
  return String(Number(value.toPrecision(4)));
}
