import type { ArmResult } from "./compare_arms.ts";

const SPECIAL: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
};

/**
 * A LaTeX table (package booktabs) of {@link compareArms}: mean and interval of each arm, its difference from the
 * baseline with interval, and Holm's p.
 *
 * @example
 * ```ts
 * import { compareArms, latex } from "@syneg/kit";
 * const compared = compareArms({
 *   random: Float64Array.of(0.2, 0.5, 0.4, 0.6),
 *   bm25: Float64Array.of(0.4, 0.6, 0.5, 0.9),
 * });
 * console.log(latex(compared));
 * ```
 * @category Evaluation
 */
export function latex(compared: readonly ArmResult[]): string {
  const against = compared.find(({ baseline }) => baseline)?.baseline?.against;
  const rows = compared.map(({ arm, mean, interval, baseline }) => {
    const cells = [escaped(arm), mean.toFixed(3), range(interval)];
    if (!baseline) return [...cells, "", "", ""];
    return [...cells, signed(baseline.difference), range(baseline.interval), pValue(baseline.adjusted)];
  });
  const head = ["arm", "mean", "interval", against === undefined ? "difference" : `vs.\\ ${escaped(against)}`];
  return [
    "\\begin{tabular}{lrlrlr}",
    "\\toprule",
    `${[...head, "interval", "$p$"].join(" & ")} \\\\`,
    "\\midrule",
    ...rows.map((cells) => `${cells.join(" & ")} \\\\`),
    "\\bottomrule",
    "\\end{tabular}",
  ].join("\n");
}

function escaped(text: string): string {
  return text.replaceAll(/[\\~^]|[&%$#_{}]/g, (letter) => SPECIAL[letter] ?? `\\${letter}`);
}

function signed(value: number): string {
  const size = Math.abs(value).toFixed(3);
  return `$${value < 0 && Number(size) > 0 ? "-" : "+"}${size}$`;
}

function range([low, high]: readonly [number, number]): string {
  const number = (value: number) => {
    const size = Math.abs(value).toFixed(3);
    return value < 0 && Number(size) > 0 ? `$-${size}$` : size;
  };
  return `[${number(low)}, ${number(high)}]`;
}

function pValue(p: number): string {
  return p < 0.001 ? "$<0.001$" : p.toFixed(3);
}
