import { EVENTS, NEGATIVES, random, tableOf } from "../../mod.ts";
import { type NewRow, SCORES, SIMILARITIES } from "../../lib/tables/mod.ts";
import type { Chart, Source } from "../../mod.ts";
import * as plots from "../../lib/plots/mod.ts";

/** Where made-up similarities of a source lie. */
const CENTERS: Partial<Record<Source, number>> = {
  random: 0.12,
  bm25: 0.48,
  dense: 0.55,
  model: 0.58,
  synthetic: 0.62,
};

/** `rows` made-up similarities of five sources; close ones of mined sources are now and then false negatives. */
export function similarities(rows: number, seed = 1) {
  const stream = random(seed);
  const sources = Object.keys(CENTERS) as Source[];
  return tableOf(
    SIMILARITIES,
    Array.from({ length: rows }, (_, i) => {
      const source = sources[i % sources.length];
      const similarity = Math.min(0.98, CENTERS[source]! + 0.11 * stream.normal());
      const positive = Math.min(0.99, 0.68 + 0.1 * stream.normal());
      const chance = source === "random" || source === "synthetic" ? 0 : 2 * Math.max(0, similarity - 0.5);
      return {
        query_id: `q${i}`,
        source,
        similarity,
        positive_similarity: positive,
        false_negative: stream.next() < chance,
      };
    }),
  );
}

/** Made-up training of `steps` steps with an evaluation every twentieth part of them. */
export function events(steps: number, seed = 1) {
  const stream = random(seed);
  const rows: NewRow<typeof EVENTS>[] = [];
  for (let step = 1; step <= steps; step++) {
    const at = { step, epoch: 3 * step / steps, wall_ms: 40 * step };
    const fall = Math.exp(-3 * step / steps);
    rows.push({ ...at, name: "loss", value: 0.6 + 1.9 * fall + 0.12 * stream.normal() });
    rows.push({ ...at, name: "learning_rate", value: 2e-5 * Math.min(1, 10 * step / steps) * (1 - step / steps) });
    rows.push({ ...at, name: "gradient_norm", value: 1 + 3 * fall + 0.3 * Math.abs(stream.normal()) });
    if (step % Math.ceil(steps / 20) === 0) {
      for (const source of ["bm25", "synthetic"]) {
        rows.push({ ...at, name: `loss:${source}`, value: 0.6 + (source === "bm25" ? 2.4 : 1.4) * fall });
      }
      rows.push({ ...at, name: "nDCG@10", value: 0.78 - 0.2 * fall + 0.004 * stream.normal() });
    }
  }
  return tableOf(EVENTS, rows);
}

/** Made-up candidates of three miners and a generator, some of them dropped. */
export function negatives(queries: number, seed = 1) {
  const stream = random(seed);
  const rows: NewRow<typeof NEGATIVES>[] = [];
  for (let query = 0; query < queries; query++) {
    for (const source of ["random", "bm25", "dense", "synthetic"] as const) {
      for (let rank = 1; rank <= 4; rank++) {
        const draw = stream.next();
        const dropped = source === "random" ? 0.01 : source === "synthetic" ? 0.06 : 0.25;
        const rule = ["positive", "duplicate", "relative margin"][Math.floor(3 * stream.next())];
        const base = source === "synthetic" ? { title: "t", text: "x" } : {
          doc_id: `d${Math.floor(stream.next() * (source === "random" ? 700 : 8))}`,
        };
        rows.push({
          query_id: `q${query}`,
          source,
          rank,
          ...base,
          verdict: draw < dropped ? "dropped" : draw > 0.98 ? "relabeled" : "kept",
          reason: draw < dropped ? `${rule}: 0.97 of the positive's` : draw > 0.98 ? "judge: it answers" : null,
        });
      }
    }
  }
  return tableOf(NEGATIVES, rows);
}

/** Made-up scores of `queries` queries, moved by `shift`. */
export function scores(queries: number, shift: number, seed = 1) {
  const stream = random(seed);
  return tableOf(
    SCORES,
    Array.from({ length: queries }, (_, i) => {
      const base = stream.next();
      const moved = stream.next() < 0.4 ? 0 : shift + 0.15 * stream.normal();
      return { query_id: `q${i}`, measure: "nDCG@10", value: Math.min(1, Math.max(0, base + (shift ? moved : 0))) };
    }),
  );
}

const ARMS = ["no fine-tuning", "random", "bm25", "dense", "pure synthetic", "direct mix", "hybrid"];

/** One example of every chart. */
export const EXAMPLES: Record<string, () => Chart> = {
  similarities: () => plots.similarities(similarities(4000)),
  hardness: () => plots.hardness(similarities(4000)),
  trainingCurves: () => plots.trainingCurves(events(240)),
  waterfall: () => plots.waterfall(negatives(200)),
  arms: () =>
    plots.arms(
      ARMS.map((arm, i) => ({ arm, mean: 0.7 + 0.02 * i, low: 0.68 + 0.02 * i, high: 0.722 + 0.02 * i, seeds: 3 })),
      { baseline: "bm25" },
    ),
  forest: () =>
    plots.forest(
      ARMS.map((arm, i) => ({
        arm,
        source: arm === "pure synthetic" ? "synthetic" : undefined,
        baseline: i === 0 ? undefined : {
          difference: 0.004 * i - 0.008,
          interval: [0.004 * i - 0.014, 0.004 * i - 0.001],
          adjusted: i === 6 ? 0.0002 : 0.3 / i ** 2,
          ...{ wins: 120 + 10 * i, ties: 800, losses: 163 - 10 * i },
          equivalence: { margin: 0.01, equivalent: i === 2 },
          against: "no fine-tuning",
        },
      })),
    ),
  perQueryDifference: () =>
    plots.perQueryDifference(scores(1083, 0), scores(1083, 0.06), { names: ["bm25", "hybrid"] }),
  gradientNorms: () => plots.gradientNorms({ direct: events(200, 3), hybrid: events(200), dense: events(200, 2) }),
  forecast: () =>
    plots.forecast([
      { arm: "random", predicted: 2.1, gain: 0.004, source: "random" },
      { arm: "bm25", predicted: 7.4, gain: 0.011, source: "bm25" },
      { arm: "dense", predicted: 9.8, gain: 0.016, source: "dense" },
      { arm: "synthetic", predicted: 12.5, gain: -0.006, source: "synthetic" },
      { arm: "hybrid", predicted: 11.1, gain: 0.018 },
    ]),
  transfer: () =>
    plots.transfer(
      ["random", "bm25", "dense", "hybrid"].flatMap((arm, i) =>
        ["nfcorpus", "cacm", "msmarco-mini"].map((collection, j) => ({
          arm,
          collection,
          difference:
            [[0.002, -0.004, 0.011], [0.008, 0.003, 0.02], [0.012, -0.013, 0.024], [-0.021, 0.001, 0.009]][i][j],
          adjusted: [0.6, 0.3, 0.01][(i + j) % 3],
        }))
      ),
      { baseline: "no-fine-tuning" },
    ),
  sweep: () =>
    plots.sweep([0, 0.2, 0.4, 0.7, 1.2, 2.7].map((value) => {
      const mean = 0.46 - 0.01 * (value - 0.8) ** 2;
      return { value, mean, low: mean - 0.008, high: mean + 0.009 };
    })),
  sourceOverlap: () => plots.sourceOverlap(negatives(200)),
};
