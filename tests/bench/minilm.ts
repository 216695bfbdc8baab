import { compile, type Feeds, gradients, Graph, mul, reduceSum, type Session } from "../../lib/graph/mod.ts";
import { random } from "../../mod.ts";
import type { Tokenizer } from "../../lib/encoders/mod.ts";
import { TransformerEncoder } from "../../lib/encoders/mod.ts";
import { parameterShapes, randomParameters } from "../../lib/encoders/weights.ts";

/** The shape of all-MiniLM-L6-v2, with random weights: speed does not depend on them. */
export const SHAPE = {
  architecture: "bert",
  vocabulary: 30522,
  width: 384,
  layers: 6,
  heads: 12,
  inner: 1536,
  activation: "gelu",
  epsilon: 1e-12,
  positions: 512,
  firstPosition: 0,
  types: 2,
  buckets: 0,
} as const;

/** An encoder of MiniLM's shape whose texts are token counts, such as "128", unless a tokenizer is given. */
export function minilm(tokenizer: Tokenizer = counted()): TransformerEncoder {
  const graph = { shape: SHAPE, poolings: ["mean"], dense: [] } as const;
  return new TransformerEncoder({
    ...graph,
    name: "MiniLM's shape",
    parameters: randomParameters(parameterShapes(graph), 1),
    tokenizer,
    normalize: true,
    prompts: { query: "", document: "" },
    config: {},
  });
}

/** Reads a text as a number of tokens, and draws them. */
function counted(): Tokenizer {
  const draw = random(5);
  const encode = (text: string) => Int32Array.from({ length: Number(text) }, () => draw.integer(SHAPE.vocabulary));
  return { size: SHAPE.vocabulary, maxLength: 512, encode, fingerprint: "" } as unknown as Tokenizer;
}

/** One training step without the optimizer: forward, and gradients of every parameter. */
export interface Step {
  /** Runs the step on a batch; returns seconds and floating-point operations, without padding, backward counted twice. */
  run(texts: readonly string[]): Promise<{ seconds: number; flops: number; tokens: number }>;
  dispose(): Promise<void>;
}

/** Compiles a step of an encoder. */
export async function compileStep(encoder: TransformerEncoder, profile?: string): Promise<Step> {
  const graph = new Graph();
  const embeddings = encoder.forward(graph);
  const loss = reduceSum(mul(embeddings, graph.input("target", { shape: embeddings.shape })));
  const names = [...graph.parameters.keys()];
  const found = gradients(loss, [...graph.parameters.values()]);
  const outputs = Object.fromEntries(found.map((gradient, index) => [`gradient ${names[index]}`, gradient]));
  const session: Session = await compile({ loss, ...outputs }, { threads: 2, reuseOutputs: true, profile });
  return {
    async run(texts) {
      const batch = encoder.tokenize(texts.map((text) => ({ text, kind: "document" })));
      const target = new Float32Array(texts.length * encoder.dimension).fill(0.1);
      const start = performance.now();
      const feeds: Feeds = { ...batch.feeds, target: { data: target, shape: [texts.length, encoder.dimension] } };
      for (const [name, { shape, data }] of encoder.parameters) feeds[name] = { shape, data };
      for (const [name, rows] of batch.rows) feeds[name] = picked(encoder.parameters.get(name)!.data, rows);
      await session.run(feeds);
      return { seconds: (performance.now() - start) / 1000, flops: 3 * batch.flops, tokens: batch.tokens };
    },
    dispose: async () => {
      if (profile) session.endProfiling();
      await session.dispose();
    },
  };
}

function picked(table: Float32Array, rows: Int32Array) {
  const data = new Float32Array(rows.length * SHAPE.width);
  rows.forEach((row, at) => data.set(table.subarray(row * SHAPE.width, (row + 1) * SHAPE.width), at * SHAPE.width));
  return { data, shape: [rows.length, SHAPE.width] };
}
