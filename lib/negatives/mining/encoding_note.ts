import { count } from "../../core/format_numbers.ts";
import type { Progress } from "../../core/progress.ts";

/**
 * Progress of encoding texts, as the note of a loop whose first unit waits for them: "encoding 512/5,183 documents".
 *
 * @returns undefined if nothing is reported.
 */
export function encodingNote(progress: Progress | undefined, total: number, what: string): Progress | undefined {
  if (!progress) return undefined;
  const of = count(total);
  return {
    update: (done) => progress.update(0, `encoding ${count(done)}/${of} ${what}`),
    finish() {},
  };
}
