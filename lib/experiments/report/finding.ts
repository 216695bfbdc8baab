import { signed } from "../../core/format_numbers.ts";
import { checkOptions } from "../../core/options.ts";
import type { TextCuts } from "../../encoders/mod.ts";
import { percent } from "../../encoders/text_cuts.ts";
import type { ArmComparison } from "../../evaluation/mod.ts";
import { pValue } from "./p_value.ts";
import type { ArmSummary, RunSummary } from "./summary.ts";

/**
 * Thresholds of {@link finding}.
 *
 * @category Experiments
 */
export interface FindingOptions {
  /** Level of significance: p below it counts as a difference. */
  alpha: number;
  /** Differences within this margin count as equal. */
  margin: number;
}

/**
 * The finding in words, sentence by sentence, from the numbers alone: the gain of fine-tuning, the best source of
 * negatives, the arms without a proven difference, and the smallest effect that the test could detect.
 *
 * @category Experiments
 *
 * @example
 * ```ts ignore
 * import { finding, openRun, writeReport } from "../mod.ts";
 * const summary = await writeReport(await openRun("data/runs/facets-20261121-120000"));
 * console.log(finding(summary, { alpha: 0.05, margin: 0.01 }).join("\n"));
 * ```
 */
export function finding(summary: RunSummary, options: FindingOptions): string[] {
  checkOptions<FindingOptions>("finding", options, { alpha: "number", margin: "number" });
  const { alpha } = options;
  const { baseline, best, arms, cuts } = summary;
  const sentences = [firstSentence(summary, alpha)];
  if (arms.some(({ steps }) => steps > 0) && arms.every(({ seeds }) => seeds === 1)) {
    sentences.push(
      "Each arm was trained with one seed: intervals and tests reflect the choice of queries, not of the seed.",
    );
  }
  if (cuts) sentences.push(...cutSentence(cuts));
  sentences.push(...againstBaseline(arms, baseline, best, alpha));
  if (best !== baseline) sentences.push(...againstBest(summary, options));
  return sentences;
}

function firstSentence({ measure, baseline, best, arms }: RunSummary, alpha: number): string {
  const base = arms.find(({ arm }) => arm === baseline)!;
  if (best === baseline) return `No arm has a higher ${measure} than the baseline "${baseline}" (${span(base)}).`;
  const winner = arms.find(({ arm }) => arm === best)!;
  const { difference, interval: [low, high], adjusted } = winner.baseline!;
  return `"${best}" has the highest ${measure}: ${span(winner)}, ${signed(difference)} [${signed(low)}, ` +
    `${signed(high)}] over "${baseline}" (${base.mean.toFixed(3)}); ` +
    (adjusted < alpha
      ? `${pValue(adjusted)} after Holm.`
      : `the difference is not significant (${pValue(adjusted)} after Holm).`);
}

/** The share of texts that the encoder, trained or not, does not read to the end. */
function cutSentence({ maxLength, counts }: TextCuts): string[] {
  const cut = counts.filter(({ cut }) => cut > 0);
  if (cut.length === 0) return [];
  const shares = cut.map(({ what, texts, cut }) => `${percent(cut, texts)} of the ${what}`);
  return [`The encoder reads only the first ${maxLength} tokens of a text: this cuts ${list(shares)}.`];
}

function againstBaseline(arms: ArmSummary[], baseline: string, best: string, alpha: number): string[] {
  const others = arms.filter((arm) => arm.arm !== best && arm.baseline);
  const better = others.filter(({ baseline: t }) => t!.adjusted < alpha && t!.difference > 0);
  const worse = others.filter(({ baseline: t }) => t!.adjusted < alpha && t!.difference < 0);
  const open = others.filter(({ baseline: t }) => t!.adjusted >= alpha);
  const sentence = (some: ArmSummary[], words: string) =>
    some.length === 0 ? [] : [`${words} ${list(some.map((arm) => describe(arm, arm.baseline!)))}.`];
  return [
    ...sentence(better, `Also better than "${baseline}":`),
    ...sentence(worse, `Worse than "${baseline}":`),
    ...sentence(open, `Not significantly different from "${baseline}":`),
  ];
}

function againstBest({ arms, best, baseline }: RunSummary, { alpha, margin }: FindingOptions): string[] {
  const rivals = arms.filter((arm) => arm.arm !== best && arm.arm !== baseline && arm.best);
  const worse = rivals.filter(({ best }) => best!.adjusted < alpha);
  const open = rivals.filter(({ best }) => best!.adjusted >= alpha);
  const leads = (some: ArmSummary[]) => list(some.map((arm) => describe(arm, arm.best!, -1)));
  const sentences: string[] = [];
  if (worse.length > 0) sentences.push(`"${best}" is better than ${leads(worse)}.`);
  if (open.length > 0) {
    const smallest = Math.max(...open.map(({ best }) => best!.detectable));
    sentences.push(
      `"${best}" is not significantly better than ${leads(open)}; the tests detect effects of ` +
        `${smallest.toFixed(3)} or more with a power of 0.8.`,
    );
  }
  const equal = open.filter((arm) => arm.best?.equivalence?.equivalent);
  if (equal.length > 0) {
    sentences.push(`Equal to "${best}" within ±${margin} (TOST): ${list(equal.map(({ arm }) => `"${arm}"`))}.`);
  }
  return sentences;
}

/** An arm with its difference; `sign` -1 turns it into the other arm's lead. */
function describe(arm: ArmSummary, test: ArmComparison, sign = 1): string {
  return `"${arm.arm}" (${signed(sign * test.difference)}, ${pValue(test.adjusted)})`;
}

function span({ mean, interval: [low, high], seeds }: ArmSummary): string {
  return `${mean.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]${seeds > 1 ? ` over ${seeds} seeds` : ""}`;
}

function list(items: string[]): string {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}
