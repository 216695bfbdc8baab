import { bm25 } from "../../mod.ts";
import { type Benchmarks, fastest, type Measurement, peakMemory, seconds } from "./measurement.ts";
import { SyntheticText } from "./synthetic.ts";

async function measure(size: number, aimMs: number, aimGb?: number): Promise<Measurement[]> {
  const text = new SyntheticText(1);
  const corpus = text.corpus(size);
  const queries = text.queries(size >= 1e6 ? 200 : 1000);
  const texts = [...queries.column("text")];
  const { seconds: building, result: index } = await seconds(() => bm25(corpus));
  const measurements: Measurement[] = [{ name: "index", value: size / building, unit: "documents/s" }];
  for (const k of [10, 100]) {
    const best = await fastest(3, () => texts.forEach((query) => index.search(query, k)));
    const aim = k === 10 ? { atMost: aimMs } : undefined;
    measurements.push({ name: `search, best ${k}`, value: 1000 * best / texts.length, unit: "ms/query", aim });
    measurements.push({ name: `search, best ${k}`, value: texts.length / best, unit: "queries/s" });
  }
  const aim = aimGb === undefined ? undefined : { atMost: aimGb };
  measurements.push({ name: "peak memory, corpus included", value: peakMemory() / 1e9, unit: "GB", aim });
  return measurements;
}

/** BM25 over generated passages. */
export const benchmarks: Benchmarks = {
  "100k": () => measure(100_000, 0.3),
  "1M": () => measure(1_000_000, 2.5, 2.5),
};
