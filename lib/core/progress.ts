import { checkOptions, type OptionKinds } from "./options.ts";
/** A long loop's report of itself. */
export interface Progress {
  /** `done` units are finished; `note` is shown behind the rate (a loss, a cost). */
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
  /** Where to show it. @default found out: notebook, terminal, pipe */
  sink?: ProgressSink;
  /** Show nothing. @default false */
  quiet?: boolean;
}

const PROGRESS_OPTIONS: OptionKinds<ProgressOptions> = {
  label: "string",
  total: "number",
  unit: "string",
  sink: "object",
  quiet: "boolean",
};

/** Where progress is shown; a test passes its own. */
export interface ProgressSink {
  /** Least milliseconds between two lines. */
  interval: number;
  /** Shows a line; `last` when no other follows. */
  show(line: string, last: boolean): void;
}

/**
 * One reporter for terminal (a line rewritten in place), pipe (a line every few seconds) and notebook (one display that
 * is updated at most four times a second).
 */
export function progress(options: ProgressOptions): Progress {
  checkOptions<ProgressOptions>("progress", options, PROGRESS_OPTIONS);
  const { label, total, unit = "items" } = options;
  if (options.quiet) return { update() {}, finish() {} };
  const sink = options.sink ?? defaultSink();
  const start = performance.now();
  let shown = start;
  let latest = 0;
  let latestNote: string | undefined;
  const line = (last: boolean) => {
    const seconds = (performance.now() - start) / 1000;
    const rate = seconds > 0 ? latest / seconds : 0;
    const parts = [total === undefined ? `${label}: ${latest} ${unit}` : `${label}: ${latest}/${total} ${unit}`];
    if (total) parts[0] += ` (${Math.floor(100 * latest / total)} %)`;
    parts.push(`${compact(rate)}/s`);
    if (last) parts.push(`${duration(seconds)} in all`);
    else if (total !== undefined && rate > 0) parts.push(`${duration((total - latest) / rate)} left`);
    if (latestNote) parts.push(latestNote);
    return parts.join(", ");
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
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 100) return `${Math.round(seconds)} s`;
  if (seconds < 6000) return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`;
}

function compact(rate: number): string {
  return rate >= 100 ? Math.round(rate).toLocaleString("en") : rate.toPrecision(3);
}

function defaultSink(): ProgressSink {
  const kernel = notebook();
  if (kernel) return notebookSink(kernel);
  if (Deno.stderr.isTerminal()) {
    return {
      interval: 100,
      show: (line, last) => write(`\r\x1b[K${line}${last ? "\n" : ""}`),
    };
  }
  return { interval: 5000, show: (line) => write(`${line}\n`) };
}

function write(text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) at += Deno.stderr.writeSync(bytes.subarray(at));
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
