import { cutToWidth, displayWidth } from "./display_width.ts";

/** What a line of progress may say. */
export interface ProgressParts {
  /** What is done, how far, of how much. */
  head: string;
  rate: string;
  /** Time left, or time in all; may be empty. */
  time: string;
  /** From what matters most to what matters least. */
  note: readonly string[];
}

/**
 * The parts as one line of at most `columns` columns. Where they do not all fit, the note loses its last parts first, then
 * the rate is left out, then the rest of the note, then the time; a head that is too long by itself is cut.
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
