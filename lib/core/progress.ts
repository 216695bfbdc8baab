import { checkOptions, type OptionKinds } from "./options.ts";
import { progressLine } from "./progress_line.ts";
import { terminalSink, writeError } from "./terminal_sink.ts";

/** A long loop's report of itself. */
export interface Progress {
  /**
   * `done` units are finished; `note` is shown behind the rate: a loss, a cost. Where a terminal is too narrow, the parts
   * of a note are left out from the last comma on.
   */
  update(done: number, note?: string): void;
  /** Shows the last state and ends the line. */
  finish(note?: string): void;
}

/** Options of {@link progress}. */
export interface ProgressOptions {
  /** What is being done: "mining bm25". */
  label: string;
  /** Units in all, if known; gives percent and time left. */
  total?: number;
  /** Name of a unit: "queries". @default "items" */
  unit?: string;
  /** Units that were done before the start; the rate and the time left do not count them. @default 0 */
  from?: number;
  /** Where to show it. @default found out: notebook, terminal, pipe */
  sink?: ProgressSink;
  /** Show nothing. @default false */
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

/** Where progress is shown; a test passes its own. */
export interface ProgressSink {
  /** Least milliseconds between two lines. */
  interval: number;
  /** Shows a line; `last` when no other follows. */
  show(line: string, last: boolean): void;
  /** Columns that a line may take, asked for every line. @default any number */
  columns?(): number | undefined;
}

/**
 * One reporter for terminal (a line rewritten in place), pipe (a line every few seconds) and notebook (one display that
 * is updated at most four times a second).
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

/** Seconds as "12 s", "3 min 20 s", "2 h 5 min". */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "?";
  // What is shown is rounded first, so that no part is ever carried over: never "3 min 60 s".
  const tenths = Math.round(10 * Math.max(0, seconds));
  if (tenths < 100) return `${(tenths / 10).toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 100) return `${whole} s`;
  if (whole < 6000) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function compact(rate: number): string {
  return rate >= 100 ? Math.round(rate).toLocaleString("en") : rate.toPrecision(3);
}

function defaultSink(): ProgressSink {
  const kernel = notebook();
  if (kernel) return notebookSink(kernel);
  if (Deno.stderr.isTerminal()) return terminalSink();
  return { interval: 5000, show: (line) => writeError(`${line}\n`) };
}

/** What the Deno kernel offers to a notebook. */
export interface Jupyter {
  /** Shows a bundle of MIME types. */
  display(bundle: Record<string, unknown>, options: Record<string, unknown>): Promise<void>;
  /** Sends a message of the Jupyter protocol. */
  broadcast(type: string, content: Record<string, unknown>, extra?: Record<string, unknown>): Promise<void>;
}

/** The kernel's own interface, or undefined outside a notebook (where reading `Deno.jupyter` throws). */
export function notebook(): Jupyter | undefined {
  try {
    return (Deno as unknown as { jupyter?: Jupyter }).jupyter;
  } catch {
    return undefined;
  }
}

/** One display of a notebook, updated at most four times a second. */
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
