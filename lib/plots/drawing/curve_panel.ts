import type { Layout, Spec } from "../types.ts";
import type { Style } from "./label_styles.ts";
import { legendLabels, shortened, wrappedLegend } from "./labels.ts";
import { aroundOne } from "./numbers.ts";
import { hue } from "./theme.ts";

/** One value of a series. */
export interface Point {
  step: number;
  value: number;
}

/** The series of one panel. */
export interface CurvePanel {
  name: string;
  /** Names of the series in the legend. */
  names: string[];
  /** Labels of the series, which decide their styles. */
  labels: string[];
  rows: (Point & { series: string })[];
  /** Whether there are few enough points to mark each. */
  sparse: boolean;
}

/** Where and how a panel is drawn. */
export interface PanelPlace {
  styles: Style[];
  lowest: boolean;
  /** Height in units. */
  height: number;
  /** Whether a legend of the same series is already drawn. */
  explained: boolean;
  /** The last step of the axis. */
  last: number;
  layout: Layout;
}

/** Dash patterns in units, for the first, second, … line of one color. */
const DASHES = [[1, 0], [4, 2], [1, 1.5], [6, 1.5, 1, 1.5]];

/** Writes small numbers such as learning rates as 1.5e-5. */
const LABEL = "datum.value != 0 && abs(datum.value) < 0.001 ? format(datum.value, '.2~e') : format(datum.value, '~g')";

/** Whether two series have the same color, so that dashes must distinguish them. */
export function hasDashes(styles: readonly Style[]): boolean {
  return styles.some(({ round }) => round > 0);
}

/** The specification of one panel. */
export function panelSpec(panel: CurvePanel, place: PanelPlace): Spec {
  const { unit } = place.layout;
  const width = Math.round(place.layout.width - 62 * unit);
  const height = Math.round(place.height * unit);
  const { labels, channels } = seriesChannels(panel, width, place);
  const { names, rows, sparse } = panel;
  return {
    width,
    height,
    data: { values: rows.map((row) => ({ ...row, series: labels[names.indexOf(row.series)] })) },
    mark: { type: "line", strokeWidth: (sparse ? 1.4 : 1) * unit, point: sparse ? { size: 12 * unit } : false },
    encoding: {
      x: stepAxis(place),
      y: {
        field: "value",
        type: "quantitative",
        title: shortened([panel.name.replaceAll("_", " ")], height + 8 * unit, place.layout)[0],
        scale: aroundOne(rows.map((row) => row.value)),
        axis: { grid: true, tickCount: 4, minExtent: 30 * unit, labelExpr: LABEL },
      },
      ...channels,
    },
  };
}

function stepAxis({ last, lowest }: PanelPlace): Spec {
  return {
    field: "step",
    type: "quantitative",
    title: lowest ? "step" : null,
    scale: { domain: [0, Math.max(1, last)], nice: false },
    axis: { tickCount: 6, tickMinStep: 1, ...(lowest ? {} : { labels: false, ticks: false }) },
  };
}

/** Color and dash of the series, with labels that fit into the legend. */
function seriesChannels(
  { names }: CurvePanel,
  width: number,
  { styles, explained, layout }: PanelPlace,
): { labels: string[]; channels: Spec } {
  const { unit } = layout;
  // The legend may extend to the end of the chart, a little beyond the axis.
  const room = width + 10 * unit;
  const dashed = hasDashes(styles);
  const symbol = dashed ? { symbolType: "stroke", symbolSize: 300 * unit } : {};
  const labels = legendLabels(names, room, layout, symbol);
  if (names.length === 1) {
    return { labels, channels: { color: { value: names[0] === "all" ? hue.main : styles[0].color } } };
  }
  const series = (range: unknown[]) => ({
    field: "series",
    type: "nominal",
    scale: { domain: labels, range },
    ...(explained ? { legend: null } : wrappedLegend(labels, room, layout, symbol)),
  });
  const dashes = styles.map(({ round }) => DASHES[round % DASHES.length].map((length) => length * unit));
  return {
    labels,
    channels: {
      color: series(styles.map(({ color }) => color)),
      ...(dashed ? { strokeDash: series(dashes) } : {}),
    },
  };
}
