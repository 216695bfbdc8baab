import { loadCollection, loadEncoder, transformerEncoder } from "../../mod.ts";
import { passageText } from "../../lib/collections/mod.ts";
import type { StaticEncoder, TransformerEncoder } from "../../lib/encoders/mod.ts";
import { transformerFlops } from "../../lib/encoders/packing.ts";
import { type Benchmarks, fastest, matmulRate, type Measurement, peakMemory } from "./measurement.ts";

/** MiniLM's shape with random weights and BERT's vocabulary, from the built-in encoder. */
async function miniLM(): Promise<TransformerEncoder> {
  const { parts } = await loadEncoder("built-in") as StaticEncoder;
  return transformerEncoder([], {
    seed: 1,
    layers: 6,
    width: 384,
    heads: 12,
    inner: 1536,
    maxLength: 256,
    tokenizer: parts.tokenizer,
  });
}

async function passages(): Promise<string[]> {
  return [...(await loadCollection("facets")).corpus.rows()].map((row) => passageText(row));
}

/** Encoding, with tokenization, as a share of the matmul rate. */
async function share(name: string, encoder: TransformerEncoder, texts: readonly string[]): Promise<Measurement[]> {
  const { tokenizer } = encoder.parts;
  const ids = texts.map((text) => tokenizer.encode(text));
  const tokens = ids.reduce((sum, each) => sum + each.length, 0);
  let rate = await matmulRate();
  await encoder.encode(texts.slice(0, 8), { kind: "document" });
  const time = await fastest(3, () => encoder.encode(texts, { kind: "document" }));
  rate = Math.max(rate, await matmulRate());
  return [
    {
      name: `${name}, share`,
      value: transformerFlops(ids, encoder.parts) / time / 1e9 / rate,
      unit: "share of matmul",
      aim: { atLeast: 0.85 },
    },
    { name, value: tokens / time, unit: "tokens/s" },
    { name: `${name}, matmul 1024^3`, value: rate, unit: "GFLOP/s" },
    { name: `${name}, peak memory`, value: peakMemory() / 1e9, unit: "GB" },
  ];
}

/** Encoding texts. */
export const benchmarks: Benchmarks = {
  "MiniLM's shape, passages": async () => {
    const encoder = await miniLM();
    return await share("120 tokens a text", encoder, (await passages()).slice(0, 256));
  },
  "MiniLM's shape, mixed lengths": async () => {
    const encoder = await miniLM();
    const texts = await passages();
    // From a few words to several passages.
    const mixed = texts.slice(0, 256).map((text, i) =>
      i % 4 === 0 ? `${text} ${texts[i + 256]}` : text.split(" ").slice(0, 4 + i % 60).join(" ")
    );
    return await share("5 to 256 tokens a text", encoder, mixed);
  },
  "built-in": async () => {
    const encoder = await loadEncoder("built-in");
    const texts = await passages();
    await encoder.encode(texts.slice(0, 50), { kind: "document" });
    const time = await fastest(3, () => encoder.encode(texts, { kind: "document" }));
    return [{ name: "passages of facets", value: texts.length / time, unit: "texts/s" }];
  },
};
