import { join } from "node:path";
import { Tokenizer } from "../../lib/encoders/mod.ts";
import { shared } from "../shared.ts";
import { type Benchmarks, matmulRate, type Measurement, peakMemory, seconds } from "./measurement.ts";
import { compileStep, minilm, type Step } from "./minilm.ts";

/** The best of eight steps as a share of the matmul rate, measured before and after. */
async function share(step: Step, texts: readonly string[], atLeast: number): Promise<Measurement[]> {
  const before = await matmulRate();
  let best = { rate: 0, tokens: 0 };
  for (let round = 0; round < 8; round++) {
    const { seconds, flops, tokens } = await step.run(texts);
    if (flops / seconds > best.rate) best = { rate: flops / seconds, tokens: tokens / seconds };
  }
  const peak = peakMemory();
  const rate = Math.max(before, await matmulRate());
  await step.dispose();
  return [
    { name: "useful work", value: best.rate / 1e9 / rate, unit: "share of matmul", aim: { atLeast } },
    { name: "throughput", value: best.tokens, unit: "tokens/s" },
    { name: "peak memory", value: peak / 1e9, unit: "GB", aim: { atMost: 1.5 } },
  ];
}

/** Queries and documents of SciFact, mixed, for an encoder with a maximum of 256 tokens. */
async function scifact(): Promise<{ tokenizer: Tokenizer; texts: string[] } | undefined> {
  const [folder, vocabulary] = [shared("collections/scifact"), shared("reference/tokenizer")];
  if (!folder || !vocabulary) return undefined;
  const tokenizer = await Tokenizer.load(vocabulary, { maxLength: 256 });
  const rows = async (file: string) =>
    (await Deno.readTextFile(join(folder, file))).split("\n").filter(Boolean).map((line) => JSON.parse(line));
  const documents = (await rows("corpus.jsonl")).map(({ title, text }) => `${title} ${text}`);
  const queries = (await rows("queries.jsonl")).map(({ text }) => text);
  // Eight queries, each with a positive and six negatives: one text in eight is a query.
  const texts = Array.from({ length: 512 }, (_, i) => i % 8 === 0 ? queries[i] : documents[7 * i]);
  return { tokenizer, texts };
}

/** Training and encoding at MiniLM's shape, on two threads. */
export const benchmarks: Benchmarks = {
  "step of 32 x 128 tokens": async () => {
    const texts = new Array<string>(32).fill("128");
    return await share(await compileStep(minilm()), texts, 0.8);
  },
  "step of mixed lengths": async () => {
    const found = await scifact();
    if (!found) return [];
    const texts: string[] = [];
    // The same number of tokens as in the other step.
    for (let tokens = 0; tokens < 32 * 128; texts.push(found.texts[texts.length])) {
      tokens += found.tokenizer.encode(found.texts[texts.length]).length;
    }
    return await share(await compileStep(minilm(found.tokenizer)), texts, 0.75);
  },
  "encoding": async () => {
    const found = await scifact();
    if (!found) return [];
    const encoder = minilm(found.tokenizer);
    const { flops, tokens } = encoder.tokenize(found.texts.map((text) => ({ text, kind: "document" })));
    const before = await matmulRate();
    let best = Infinity;
    for (let round = 0; round < 3; round++) {
      const encoding = await seconds(() => encoder.encode(found.texts, { kind: "document" }));
      best = Math.min(best, encoding.seconds);
    }
    const rate = Math.max(before, await matmulRate());
    await encoder.dispose();
    return [
      { name: "useful work", value: flops / best / 1e9 / rate, unit: "share of matmul", aim: { atLeast: 0.85 } },
      { name: "throughput", value: tokens / best, unit: "tokens/s" },
      { name: "peak memory", value: peakMemory() / 1e9, unit: "GB" },
    ];
  },
};
