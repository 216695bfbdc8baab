import { notebook } from "../core/progress.ts";
import { DISPLAY } from "./chart.ts";
import { curves, newSeries, type Series } from "./training_curves.ts";
import type { Chart } from "./types.ts";

/** Options of {@link liveCurves}. */
export interface LiveCurvesOptions {
  /** Which names to draw, a panel each. @default loss and whatever evaluations report */
  names?: readonly string[];
  /** Least milliseconds between two frames, 250 or more. @default 250 */
  interval?: number;
}

/** What the curves read of an event of training; other events are passed over. */
export type CurveEvent =
  | {
    type: "step";
    step: number;
    loss: number;
    loss_by_source: Readonly<Record<string, number>>;
    learning_rate: number;
    gradient_norm: number;
  }
  | { type: "evaluation"; step: number; values: Readonly<Record<string, number>> }
  | { type: "draw" | "refresh" | "checkpoint" | "resume" | "done" };

/** A chart that grows while training runs. */
export interface LiveCurves {
  /** Takes an event, and draws when the last frame is old enough. Costs next to nothing otherwise. */
  update(event: CurveEvent): void;
  /** Draws the last frame, which stays in the notebook; returns it as a chart, or undefined if there was no event. */
  settle(): Promise<Chart | undefined>;
}

/**
 * Training curves in one display of a notebook, drawn anew at most four times a second while training runs. Outside a
 * notebook nothing is shown, and {@link LiveCurves.settle} gives the chart.
 *
 * @example
 * ```ts
 * import { liveCurves } from "@syneg/kit";
 * const curves = liveCurves();
 * curves.update({ type: "evaluation", step: 0, values: { "nDCG@10": 0.61 } });
 * curves.update({ type: "evaluation", step: 40, values: { "nDCG@10": 0.7 } });
 * console.log((await curves.settle())?.text);
 * ```
 */
export function liveCurves(options: LiveCurvesOptions = {}): LiveCurves {
  const interval = Math.max(250, options.interval ?? 250);
  const series = new Map<string, Series>();
  const evaluated = new Set<string>();
  const id = `curves-${crypto.randomUUID()}`;
  let shown = -Infinity;
  let drawing: Promise<void> | undefined;
  let first = true;

  const add = (name: string, step: number, value: number) => {
    if (!Number.isFinite(value)) return;
    if (!series.has(name)) series.set(name, newSeries(name));
    series.get(name)!.points.push({ step, value });
  };
  const chart = (): Chart | undefined => {
    const wanted = options.names ?? ["loss", ...evaluated];
    const names = wanted.filter((name) => series.has(name));
    return names.length === 0 ? undefined : curves([...series.values()], { names });
  };
  const show = async (bundle: Record<string, unknown>) => {
    const update = !first;
    first = false;
    await notebook()?.display(bundle, { raw: true, display_id: id, update });
  };
  const frame = async () => {
    const { spec, text } = chart() ?? {};
    if (spec) await show({ "application/vnd.vegalite.v5+json": spec, "text/plain": text });
  };
  return {
    update(event) {
      if (event.type === "step") {
        add("loss", event.step, event.loss);
        for (const [source, value] of Object.entries(event.loss_by_source)) add(`loss:${source}`, event.step, value);
        add("learning_rate", event.step, event.learning_rate);
        add("gradient_norm", event.step, event.gradient_norm);
      } else if (event.type === "evaluation") {
        for (const [name, value] of Object.entries(event.values)) {
          evaluated.add(name);
          add(name, event.step, value);
        }
      } else return;
      if (drawing || !notebook() || performance.now() - shown < interval) return;
      shown = performance.now();
      drawing = frame().catch(() => {}).finally(() => drawing = undefined);
    },
    async settle() {
      await drawing;
      const last = chart();
      if (!last) return;
      const rest = interval - (performance.now() - shown);
      if (notebook() && rest > 0) await new Promise((resolve) => setTimeout(resolve, rest));
      await show(await (last as Chart & { [DISPLAY](): Promise<Record<string, unknown>> })[DISPLAY]());
      return last;
    },
  };
}
