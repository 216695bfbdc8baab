import { count } from "./format_numbers.ts";
import { duration } from "./duration.ts";
import { type Jupyter, notebook } from "./notebook.ts";
import { checkOptions, type OptionKinds } from "./options.ts";
import { progressLine } from "./progress_line.ts";
import { terminalSink, writeError } from "./terminal_sink.ts";

/**
 * Reports the progress of a long loop.
 *
 * @category Core
 */
export interface Progress {
  /**
   * Reports that `done` units are finished. `note` follows the rate: a loss, a cost. In a narrow terminal, parts of a note
   * are dropped from the last comma on.
   */
  update(done: number, note?: string): void;
  /** Shows the last state and ends the line. */
  finish(note?: string): void;
}

/**
 * Options of {@link progress}.
 *
 * @category Core
 */
export interface ProgressOptions {
  /** The work: "mining bm25". */
  label: string;
  /** Total units, for the percentage and the time left. Omit if unknown. */
  total?: number;
  /**
   * Name of the units: "queries".
   * @default {"items"}
   */
  unit?: string;
  /**
   * Units done before the start, which the rate and the time left do not count.
   * @default {0}
   */
  from?: number;
  /** Where to show it. Omit to choose by the output: notebook, terminal or pipe. */
  sink?: ProgressSink;
  /**
   * Show nothing.
   * @default {false}
   */
  quiet?: boolean;
}

const PROGRESS_OPTIONS: OptionKinds<ProgressOptions> = {
  label: "string",
  total: "number",
  unit: "string",
  from: "number",
  sink: "object",
  quiet: "boolean",
};

/**
 * Where progress is shown.
 *
 * @category Core
 */
export interface ProgressSink {
  /** Minimum milliseconds between two lines. */
  interval: number;
  /** Shows a line; `last` if no other follows. */
  show(line: string, last: boolean): void;
  /** Maximum columns of a line, asked for every line. Omit for no limit. */
  columns?(): number | undefined;
}

/**
 * Reports progress in a terminal (a line rewritten in place), to a pipe (a line every 5 s) or in a notebook (a display
 * updated at most four times a second).
 *
 * @category Core
 *
 * @example
 * ```ts
 * import { progress } from "@syneg/kit";
 * const report = progress({ label: "counting", total: 3, unit: "numbers" });
 * for (let done = 1; done <= 3; done++) report.update(done);
 * report.finish();
 * ```
 */
export function progress(options: ProgressOptions): Progress {
  checkOptions<ProgressOptions>("progress", options, PROGRESS_OPTIONS);
  const { label, total, unit = "items", from = 0 } = options;
  if (options.quiet) return { update() {}, finish() {} };
  const sink = options.sink ?? defaultSink();
  const start = performance.now();
  let shown = start;
  let latest = 0;
  let latestNote: string | undefined;
  const line = (last: boolean) => {
    const seconds = (performance.now() - start) / 1000;
    const rate = seconds > 0 ? Math.max(0, latest - from) / seconds : 0;
    const share = total ? ` (${Math.floor(100 * latest / total)} %)` : "";
    const time = last
      ? `${duration(seconds)} in all`
      : total !== undefined && rate > 0
      ? `${duration((total - latest) / rate)} left`
      : "";
    return progressLine(
      {
        head: `${label}: ${latest}${total === undefined ? "" : `/${total}`} ${unit}${share}`,
        rate: `${compact(rate)}/s`,
        time,
        note: latestNote?.split(", ") ?? [],
      },
      sink.columns?.(),
    );
  };
  return {
    update(done, note) {
      latest = done;
      latestNote = note ?? latestNote;
      const now = performance.now();
      if (now - shown < sink.interval) return;
      shown = now;
      sink.show(line(false), false);
    },
    finish(note) {
      latestNote = note ?? latestNote;
      sink.show(line(true), true);
    },
  };
}

function compact(rate: number): string {
  return rate >= 100 ? count(Math.round(rate)) : rate.toPrecision(3);
}

function defaultSink(): ProgressSink {
  const kernel = notebook();
  if (kernel) return notebookSink(kernel);
  if (Deno.stderr.isTerminal()) return terminalSink();
  return { interval: 5000, show: (line) => writeError(`${line}\n`) };
}

/**
 * Shows progress in one display of a notebook, updated at most four times a second.
 *
 * @category Core
 *
 * @example
 * ```ts
 * import { notebookSink, progress } from "./mod.ts";
 * const sink = notebookSink({ display: () => Promise.resolve() });
 * progress({ label: "counting", sink }).finish();
 * ```
 */
export function notebookSink(kernel: Pick<Jupyter, "display">): ProgressSink {
  const id = `progress-${crypto.randomUUID()}`;
  let first = true;
  return {
    interval: 250,
    show(line) {
      void kernel.display({ "text/plain": line }, { raw: true, display_id: id, update: !first });
      first = false;
    },
  };
}
