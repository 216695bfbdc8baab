import { checkOptions, type OptionKinds } from "../core/options.ts";
import { KitError } from "../core/errors.ts";
import { duration, notebook } from "../core/progress.ts";
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

const LIVE_CURVES_OPTIONS: OptionKinds<LiveCurvesOptions> = { names: "array", interval: "number" };

/** What the curves read of an event of training; other events are passed over. */
export type CurveEvent =
  | {
    type: "step";
    step: number;
    steps?: number;
    seconds_left?: number;
    loss: number;
    loss_by_source: Readonly<Record<string, number>>;
    learning_rate: number;
    gradient_norm: number;
  }
  | { type: "evaluation"; step: number; values: Readonly<Record<string, number>> }
  | { type: "stopped"; step: number; steps: number }
  | { type: "draw" | "refresh" | "checkpoint" | "resume" | "done" };

/** A chart that grows while training runs. */
export interface LiveCurves {
  /** Takes an event, and draws when the last frame is old enough. Costs next to nothing otherwise. */
  update(event: CurveEvent): void;
  /** Draws the last frame, which stays in the notebook; returns it as a chart, or undefined if there was no event. */
  settle(): Promise<Chart | undefined>;
  /**
   * Takes all events of a training and settles, also when it is stopped or fails; returns the last event.
   *
   * @throws whatever the training throws, after the last frame is drawn.
   */
  follow<E extends CurveEvent>(events: AsyncIterable<E>): Promise<E>;
}

/**
 * Training curves in one display of a notebook, redrawn at most four times a second while training runs, with how far it
 * is. Outside a notebook nothing is shown, and {@link LiveCurves.settle} gives the chart.
 *
 * @example
 * ```ts
 * import { infoNCE, liveCurves, loadCollection, loadEncoder, train } from "@syneg/kit";
 * const [collection, encoder] = [await loadCollection("facets"), await loadEncoder("built-in")];
 * const curves = liveCurves();
 * await curves.follow(train(encoder, { collection, loss: infoNCE({ temperature: 0.1 }), steps: 3 }));
 * console.log((await curves.settle())?.text);
 * ```
 */
export function liveCurves(options: LiveCurvesOptions = {}): LiveCurves {
  checkOptions<LiveCurvesOptions>("liveCurves", options, LIVE_CURVES_OPTIONS);
  const interval = Math.max(250, options.interval ?? 250);
  const series = new Map<string, Series>();
  const evaluated = new Set<string>();
  const id = `curves-${crypto.randomUUID()}`;
  let shown = -Infinity;
  let drawing: Promise<void> | undefined;
  let first = true;
  let reached: string | undefined;

  const add = (name: string, step: number, value: number) => {
    if (!Number.isFinite(value)) return;
    if (!series.has(name)) series.set(name, newSeries(name));
    series.get(name)!.points.push({ step, value });
  };
  const chart = (): Chart | undefined => {
    const wanted = options.names ?? ["loss", ...evaluated];
    const names = wanted.filter((name) => series.has(name));
    return names.length === 0 ? undefined : curves([...series.values()], { names, reached });
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
        const { step, steps, seconds_left } = event;
        const left = seconds_left === undefined || step === steps ? "" : `, ${duration(seconds_left)} left`;
        reached = steps === undefined ? undefined : `step ${step} of ${steps}${left}`;
        add("loss", event.step, event.loss);
        for (const [source, value] of Object.entries(event.loss_by_source)) add(`loss:${source}`, event.step, value);
        add("learning_rate", event.step, event.learning_rate);
        add("gradient_norm", event.step, event.gradient_norm);
      } else if (event.type === "evaluation") {
        for (const [name, value] of Object.entries(event.values)) {
          evaluated.add(name);
          add(name, event.step, value);
        }
      } else {
        if (event.type === "stopped") reached = `stopped at step ${event.step} of ${event.steps}`;
        if (event.type === "done") reached = undefined;
        return;
      }
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
    async follow<E extends CurveEvent>(events: AsyncIterable<E>): Promise<E> {
      let last: E | undefined;
      try {
        for await (const event of events) this.update(last = event);
      } finally {
        await this.settle();
      }
      if (!last) throw new KitError("Cannot follow a training without events");
      return last;
    },
  };
}
