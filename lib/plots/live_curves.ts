import { pause } from "../core/pause.ts";
import { KitError } from "../core/errors.ts";
import { checkOptions, type OptionKinds } from "../core/options.ts";
import { duration } from "../core/duration.ts";
import { notebook } from "../core/notebook.ts";
import { curves, newSeries, type Series } from "./drawing/curves.ts";
import { DISPLAY } from "../core/display.ts";
import type { Chart } from "./types.ts";

/**
 * Options of {@link liveCurves}.
 *
 * @category Plots
 */
export interface LiveCurvesOptions {
  /** Names of events to draw, a panel each. Omit for the loss and whatever evaluations report. */
  names?: readonly string[];
  /**
   * Least milliseconds between two frames, at least 250.
   * @default {250}
   */
  interval?: number;
}

const OPTIONS: OptionKinds<LiveCurvesOptions> = { names: "array", interval: "number" };

/**
 * What the curves read of a training's events; they ignore all other events.
 *
 * @category Plots
 */
export type CurveEvent =
  | {
    type: "step";
    step: number;
    steps?: number;
    secondsLeft?: number;
    loss: number;
    lossBySource: Readonly<Record<string, number>>;
    learningRate: number;
    gradientNorm: number;
  }
  | { type: "evaluation"; step: number; values: Readonly<Record<string, number>> }
  | { type: "stopped"; step: number; steps: number }
  | { type: "draw" | "refresh" | "checkpoint" | "resume" | "done" };

/**
 * A chart that grows while training runs.
 *
 * @category Plots
 */
export interface LiveCurves {
  /** Takes an event, and draws if the last frame is old enough. Otherwise costs next to nothing. */
  update(event: CurveEvent): void;
  /** Draws the last frame, which stays in the notebook, and returns it; undefined if there was no event. */
  settle(): Promise<Chart | undefined>;
  /**
   * Takes all events of a training, settles, even if the training stops or fails, and returns the last event.
   *
   * @throws whatever the training throws, after the last frame.
   */
  follow<E extends CurveEvent>(events: AsyncIterable<E>): Promise<E>;
}

/**
 * Training curves in one display of a notebook, redrawn at most four times a second while training runs, with its
 * progress. Outside a notebook nothing is displayed; {@link LiveCurves.settle} returns the chart.
 *
 * @category Plots
 *
 * @example
 * ```ts
 * import { liveCurves } from "./mod.ts";
 * const curves = liveCurves();
 * // In a notebook: await curves.follow(train(encoder, { collection, negatives }));
 * curves.update({ type: "step", step: 1, loss: 2.1, lossBySource: {}, learningRate: 0.01, gradientNorm: 1 });
 * console.log((await curves.settle())?.text);
 * ```
 */
export function liveCurves(options: LiveCurvesOptions = {}): LiveCurves {
  checkOptions<LiveCurvesOptions>("liveCurves", options, OPTIONS);
  const recorded = new Recorded(options.names);
  const display = new Frames(Math.max(250, options.interval ?? 250));
  const live: LiveCurves = {
    update(event) {
      if (recorded.add(event)) display.frame(() => recorded.chart());
    },
    settle: () => display.settle(() => recorded.chart()),
    async follow<E extends CurveEvent>(events: AsyncIterable<E>): Promise<E> {
      let last: E | undefined;
      try {
        for await (const event of events) live.update(last = event);
      } finally {
        await live.settle();
      }
      if (last) return last;
      throw new KitError("Cannot follow a training: it has no events");
    },
  };
  return live;
}

/** Series of a training so far. */
class Recorded {
  readonly #series = new Map<string, Series>();
  readonly #evaluated = new Set<string>();
  readonly #names: readonly string[] | undefined;
  /** Progress: "step 3 of 10, 5 s left". */
  #reached: string | undefined;

  constructor(names: readonly string[] | undefined) {
    this.#names = names;
  }

  /** Takes an event; returns whether it has values to draw. */
  add(event: CurveEvent): boolean {
    if (event.type === "step") {
      const { step, steps, secondsLeft } = event;
      const left = secondsLeft === undefined || step === steps ? "" : `, ${duration(secondsLeft)} left`;
      this.#reached = steps === undefined ? undefined : `step ${step} of ${steps}${left}`;
      this.#push("loss", step, event.loss);
      for (const [source, value] of Object.entries(event.lossBySource)) this.#push(`loss:${source}`, step, value);
      this.#push("learning_rate", step, event.learningRate);
      this.#push("gradient_norm", step, event.gradientNorm);
      return true;
    }
    if (event.type === "evaluation") {
      for (const [name, value] of Object.entries(event.values)) {
        this.#evaluated.add(name);
        this.#push(name, event.step, value);
      }
      return true;
    }
    if (event.type === "stopped") this.#reached = `stopped at step ${event.step} of ${event.steps}`;
    if (event.type === "done") this.#reached = undefined;
    return false;
  }

  chart(): Chart | undefined {
    const names = (this.#names ?? ["loss", ...this.#evaluated]).filter((name) => this.#series.has(name));
    if (names.length === 0) return undefined;
    return curves([...this.#series.values()], { names, reached: this.#reached });
  }

  #push(name: string, step: number, value: number): void {
    if (!Number.isFinite(value)) return;
    if (!this.#series.has(name)) this.#series.set(name, newSeries(name));
    this.#series.get(name)!.points.push({ step, value });
  }
}

/** One display of a notebook, redrawn at most once per interval. */
class Frames {
  readonly #id = `curves-${crypto.randomUUID()}`;
  readonly #interval: number;
  #shown = -Infinity;
  #drawing: Promise<void> | undefined;
  #first = true;

  constructor(interval: number) {
    this.#interval = interval;
  }

  /** Draws, unless a frame is being drawn or the last one is too young. */
  frame(chart: () => Chart | undefined): void {
    if (this.#drawing || !notebook() || performance.now() - this.#shown < this.#interval) return;
    this.#shown = performance.now();
    // A chart that cannot be drawn must not stop the training.
    this.#drawing = this.#draw(chart).catch(() => {}).finally(() => this.#drawing = undefined);
  }

  async #draw(chart: () => Chart | undefined): Promise<void> {
    const { spec, text } = chart() ?? {};
    if (spec) await this.#show({ "application/vnd.vegalite.v5+json": spec, "text/plain": text });
  }

  /** Draws the last frame in full. */
  async settle(chart: () => Chart | undefined): Promise<Chart | undefined> {
    await this.#drawing;
    const last = chart();
    if (!last) return undefined;
    const rest = this.#interval - (performance.now() - this.#shown);
    if (notebook() && rest > 0) await pause(rest);
    await this.#show(await (last as Chart & { [DISPLAY](): Promise<Record<string, unknown>> })[DISPLAY]());
    return last;
  }

  async #show(bundle: Record<string, unknown>): Promise<void> {
    const update = !this.#first;
    this.#first = false;
    await notebook()?.display(bundle, { raw: true, display_id: this.#id, update });
  }
}
