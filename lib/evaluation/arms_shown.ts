import { signed } from "../core/format_numbers.ts";
import type { ShownRows } from "../core/show_rows.ts";
import { pText } from "./comparison_text.ts";

/** What an arm shows. */
interface ShownArm {
  readonly arm: string;
  readonly mean: number;
  readonly interval: readonly [number, number];
  readonly baseline?: {
    readonly against: string;
    readonly difference: number;
    readonly interval: readonly [number, number];
    readonly adjusted: number;
    readonly detectable: number;
  };
}

/** Arms as a table: mean, interval, difference from the baseline, Holm's p. */
export function armsShown(results: readonly ShownArm[]): ShownRows {
  const against = results.find(({ baseline }) => baseline)?.baseline?.against;
  const rows = results.map(({ arm, mean, interval: [low, high], baseline }) => {
    const own = [arm, mean.toFixed(3), `${low.toFixed(3)} to ${high.toFixed(3)}`];
    if (!baseline) return [...own, "", "", "", ""];
    const { difference, interval, adjusted, detectable } = baseline;
    const between = interval.map((value) => signed(value)).join(" to ");
    return [...own, signed(difference), between, pText(adjusted), detectable.toFixed(3)];
  });
  const head = ["arm", "mean", "interval", `- ${against ?? "baseline"}`, "interval", "p (Holm)", "detectable"];
  return { head, rows };
}
