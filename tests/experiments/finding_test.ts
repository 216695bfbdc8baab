import assert from "node:assert/strict";
import { type ArmSummary, finding, type RunSummary } from "../../lib/experiments/mod.ts";
import type { ArmComparison } from "../../lib/evaluation/mod.ts";

const tested = (difference: number, adjusted: number, equivalent = false): ArmComparison => ({
  difference,
  interval: [difference - 0.01, difference + 0.01],
  p: adjusted,
  adjusted,
  equivalence: { margin: 0.01, p: equivalent ? 0.01 : 0.5, equivalent },
  detectable: 0.02,
  wins: 1,
  ties: 2,
  losses: 3,
  error: 0.01,
  exact: false,
  queries: 100,
  seeds: [3, 3],
  against: "",
});

const arm = (name: string, mean: number, rest: Partial<ArmSummary> = {}): ArmSummary => ({
  arm: name,
  method: "fine-tuned",
  seeds: 3,
  mean,
  interval: [mean - 0.02, mean + 0.02],
  error: 0.01,
  queries: 100,
  means: [mean, mean, mean],
  measures: {},
  steps: 10,
  seconds: 1,
  drawn: {},
  short: {},
  ...rest,
});

const summary = (arms: ArmSummary[], best: string): RunSummary => ({
  measure: "nDCG@10",
  queries: 100,
  arms,
  baseline: "base",
  best,
  groups: [],
});

Deno.test("a clear winner comes with its difference, and with the arms that are not significantly worse", () => {
  const words = finding(
    summary([
      arm("base", 0.7, { best: tested(-0.1, 0.0001) }),
      arm("win", 0.8, { baseline: tested(0.1, 0.0001) }),
      arm("near", 0.795, { baseline: tested(0.095, 0.0001), best: tested(-0.005, 0.4, true) }),
      arm("worse", 0.6, { baseline: tested(-0.1, 0.0001), best: tested(-0.2, 0.0001) }),
    ], "win"),
    { alpha: 0.05, margin: 0.01 },
  ).join("\n");
  assert.match(
    words,
    /"win" has the highest nDCG@10: 0\.800 \[0\.780, 0\.820\] over 3 seeds, \+0\.100 .* over "base" \(0\.700\); p < 0\.001/,
  );
  assert.match(words, /Also better than "base": "near" \(\+0\.095, p < 0\.001\)\./);
  assert.match(words, /Worse than "base": "worse" \(−0\.100/);
  assert.match(words, /"win" is better than "worse" \(\+0\.200/);
  assert.match(words, /"win" is not significantly better than "near" .*; the tests detect effects of 0\.020/);
  assert.match(words, /Equal to "win" within ±0\.01 \(TOST\): "near"\./);
});

Deno.test("no gain and no difference are stated as such", () => {
  const lost = finding(
    summary([
      arm("base", 0.7),
      arm("a", 0.6, { baseline: tested(-0.1, 0.01), best: tested(-0.1, 0.01) }),
    ], "base"),
    { alpha: 0.05, margin: 0.01 },
  );
  assert.match(lost[0], /^No arm has a higher nDCG@10 than the baseline "base"/);
  assert.match(lost.join(" "), /Worse than "base": "a"/);
  const open = finding(
    summary([
      arm("base", 0.7, { best: tested(-0.001, 0.8) }),
      arm("a", 0.701, { baseline: tested(0.001, 0.8) }),
    ], "a"),
    { alpha: 0.05, margin: 0.01 },
  );
  assert.match(open[0], /the difference is not significant \(p = 0\.800 after Holm\)/);
});

Deno.test("with one seed, the finding says that training noise is not measured", () => {
  const sentence = "Each arm was trained with one seed: intervals and tests reflect the choice of queries";
  for (const seeds of [1, 3]) {
    const arms = [arm("base", 0.7, { seeds: 1, steps: 0 }), arm("a", 0.8, { seeds, baseline: tested(0.1, 0.001) })];
    assert.equal(finding(summary(arms, "a"), { alpha: 0.05, margin: 0.01 }).join(" ").includes(sentence), seeds === 1);
  }
});
