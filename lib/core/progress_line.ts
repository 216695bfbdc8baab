import { cutToWidth, displayWidth } from "./display_width.ts";

/** Parts of a line of progress. */
export interface ProgressParts {
  /** The label and the count. */
  head: string;
  /** Units per second. */
  rate: string;
  /** Time left, or total time; may be empty. */
  time: string;
  /** Notes, the most important first. */
  note: readonly string[];
}

/**
 * Joins the parts to a line of at most `columns` columns. If they do not fit, the last notes are dropped first, then the
 * rate, the other notes, the time; at last the head is cut.
 */
export function progressLine({ head, rate, time, note }: ProgressParts, columns = Infinity): string {
  const line = (withTime: boolean, withRate: boolean, notes: number) =>
    [head, withRate ? rate : "", withTime ? time : "", ...note.slice(0, notes)]
      .filter((part) => part !== "").join(", ").replaceAll(/\p{Cc}+/gu, " ");
  const first = Math.min(1, note.length);
  const candidates = [
    ...Array.from({ length: note.length - first + 1 }, (_, i) => line(true, true, note.length - i)),
    ...Array.from({ length: note.length + 1 }, (_, i) => line(true, false, note.length - i)),
    line(false, false, 0),
  ];
  return candidates.find((text) => displayWidth(text) <= columns) ?? cutToWidth(candidates.at(-1)!, columns);
}
