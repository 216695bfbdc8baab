import type { ArmComparison } from "../../evaluation/mod.ts";
import type { TextCuts } from "../../encoders/mod.ts";
import { percent } from "../../encoders/text_cuts.ts";
import type { ArmSummary, RunSummary } from "./summary.ts";

/** A difference with its sign: "+0.034". */
export function signed(value: number, digits = 3): string {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(digits)}`;
}

/** A p-value: "p < 0.001" or "p = 0.042". */
export function pValue(p: number): string {
  return p < 0.001 ? "p < 0.001" : `p = ${p.toFixed(3)}`;
}

/**
 * The finding in words, sentence by sentence, from the numbers alone: what fine-tuning brought, which source of
 * negatives won, what could not be told apart, and what size of effect could have been seen.
 */
export function finding(summary: RunSummary, alpha: number, margin: number): string[] {
  const { measure, baseline, best, arms } = summary;
  const byName = new Map(arms.map((arm) => [arm.arm, arm]));
  const base = byName.get(baseline)!;
  const winner = byName.get(best)!;
  const sentences: string[] = [];
  if (best === baseline) {
    sentences.push(`No arm has a higher ${measure} than the baseline "${baseline}" (${span(base)}).`);
  } else {
    const test = winner.baseline!;
    sentences.push(
      `The highest ${measure} is "${best}": ${span(winner)}, ${signed(test.difference)} ` +
        `[${signed(test.interval[0])}, ${signed(test.interval[1])}] over "${baseline}" (${base.mean.toFixed(3)}); ` +
        (test.adjusted < alpha
          ? `${pValue(test.adjusted)} after Holm.`
          : `no difference could be shown (${pValue(test.adjusted)} after Holm).`),
    );
  }
  if (arms.some(({ steps }) => steps > 0) && arms.every(({ seeds }) => seeds === 1)) {
    sentences.push("Each arm was trained with one seed: chance in training is not counted, only that of the queries.");
  }
  if (summary.cuts) sentences.push(...cutSentence(summary.cuts));
  sentences.push(...againstBaseline(arms, baseline, best, alpha));
  if (best === baseline) return sentences;
  const rivals = arms.filter((arm) => arm.arm !== best && arm.arm !== baseline && arm.best);
  const worse = rivals.filter(({ best }) => best!.adjusted < alpha);
  const open = rivals.filter(({ best }) => best!.adjusted >= alpha);
  if (worse.length > 0) {
    sentences.push(
      `"${best}" is better than ${list(worse.map((arm) => describe(arm, arm.best!)))}.`,
    );
  }
  if (open.length > 0) {
    const smallest = Math.max(...open.map(({ best }) => best!.detectable));
    sentences.push(
      `Between "${best}" and ${list(open.map((arm) => describe(arm, arm.best!)))} ` +
        `no difference could be shown; effects of ${
          smallest.toFixed(3)
        } or more would have been seen with a power of 0.8.`,
    );
    const equal = open.filter((arm) => arm.best?.equivalence?.equivalent);
    if (equal.length > 0) {
      sentences.push(`As good as "${best}" within ±${margin} (TOST): ${list(equal.map(({ arm }) => `"${arm}"`))}.`);
    }
  }
  return sentences;
}

/** Says what share of the texts the encoder does not read to the end, trained or not. */
function cutSentence({ maxLength, counts }: TextCuts): string[] {
  const cut = counts.filter(({ cut }) => cut > 0);
  if (cut.length === 0) return [];
  const said = cut.map(({ what, texts, cut }) => `${percent(cut, texts)} of the ${what}`);
  return [`The encoder, trained or not, reads only the first ${maxLength} tokens of a text: this cuts ${list(said)}.`];
}

function againstBaseline(arms: ArmSummary[], baseline: string, best: string, alpha: number): string[] {
  const others = arms.filter((arm) => arm.arm !== best && arm.baseline);
  const better = others.filter(({ baseline: t }) => t!.adjusted < alpha && t!.difference > 0);
  const harmed = others.filter(({ baseline: t }) => t!.adjusted < alpha && t!.difference < 0);
  const open = others.filter(({ baseline: t }) => t!.adjusted >= alpha);
  const sentences: string[] = [];
  const say = (some: ArmSummary[], words: string) => {
    if (some.length > 0) sentences.push(`${words} ${list(some.map((a) => describe(a, a.baseline!, 1)))}.`);
  };
  say(better, `Better than "${baseline}" as well:`);
  say(harmed, `Worse than "${baseline}":`);
  say(open, `Not told apart from "${baseline}":`);
  return sentences;
}

/** An arm with the difference, turned so that `sign` -1 reads as the other arm's lead. */
function describe(arm: ArmSummary, test: ArmComparison, sign = -1): string {
  return `"${arm.arm}" (${signed(sign * test.difference)}, ${pValue(test.adjusted)})`;
}

function span({ mean, interval: [low, high], seeds }: ArmSummary): string {
  return `${mean.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]${seeds > 1 ? ` over ${seeds} seeds` : ""}`;
}

function list(items: string[]): string {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}
