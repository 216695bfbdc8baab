/**
 * Architectures that people look for and the kit does not compute: the nearest one that it does, and what that one lacks.
 */
const NEAREST: Readonly<Record<string, readonly [nearest: string, lacks: string]>> = {
  albert: ["bert", "one set of weights for all layers"],
  deberta: ["bert", "disentangled attention"],
  "deberta-v2": ["bert", "disentangled attention"],
  gemma2: ["gemma3_text", "caps on the scores of attention"],
  gemma3: ["gemma3_text", "images"],
  llama: ["qwen3", "heads without normalization"],
  mistral: ["qwen3", "heads without normalization"],
  "modernbert-decoder": ["modernbert", "attention to earlier tokens only"],
  mt5: ["mpnet", "T5's encoder"],
  new: ["nomic_bert", "the layers of Alibaba's gte v1.5"],
  qwen2: ["qwen3", "heads without normalization, and biases of queries, keys and values alone"],
  qwen3_5: ["qwen3", "linear attention"],
  qwen3_vl: ["qwen3", "images"],
  roformer: ["nomic_bert", "rotary positions of neighboring numbers"],
  t5: ["mpnet", "T5's encoder"],
  xlnet: ["bert", "attention in permuted order"],
};

/** What to say about an architecture that is not there, beside the known ones. Undefined if nothing is known of it. */
export function whyUnknown(name: string): string | undefined {
  if (!Object.hasOwn(NEAREST, name)) return undefined;
  const [nearest, lacks] = NEAREST[name];
  return `the nearest one is "${nearest}", which lacks ${lacks}`;
}
