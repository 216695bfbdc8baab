import { join } from "node:path";
import type { EncodedBatch, TrainableEncoder } from "../../lib/encoders/mod.ts";
import { exists } from "../../lib/core/files.ts";
import { compile, gradients, Graph, mul, reduceSum, type Session, type TensorValue } from "../../lib/graph/mod.ts";

/** Folder of the tiny encoders. */
export const FIXTURES = join(import.meta.dirname!, "..", "fixtures", "encoders");

/** The tiny encoders by folder. */
export const NAMES = [
  "bert",
  "roberta",
  "xlm-roberta",
  "distilbert",
  "mpnet",
  "electra",
  "modernbert",
  "nomic_bert",
  "qwen3",
  "gemma3_text",
  "static",
] as const;

/** Texts of different lengths, with repeated words. */
export const TEXTS = [
  "Which substance builds up with hours awake instead of following the body clock?",
  "sleep",
  "A lexer decides where one token ends and the next token begins; then the parser reads the tokens.",
];

/** A session of sum(embeddings * weights) and its gradients by all parameters. */
export async function gradientSession(
  encoder: TrainableEncoder,
  options: { threads?: number; dropout?: number } = {},
): Promise<Session> {
  const graph = new Graph();
  const embeddings = encoder.forward(graph, { dropout: options.dropout });
  const loss = reduceSum(mul(embeddings, graph.input("weights", { shape: ["texts", encoder.dimension] })));
  const names = [...encoder.parameters.keys()];
  const found = gradients(loss, names.map((name) => graph.parameters.get(name)!));
  return await compile({ embeddings, loss, ...Object.fromEntries(names.map((name, i) => [`d ${name}`, found[i]])) }, {
    threads: options.threads ?? 1,
  });
}

/** The parameters as a batch's graph takes them: of sparse ones only the rows that it touches. */
export function parameterFeeds(encoder: TrainableEncoder, batch: EncodedBatch): Record<string, TensorValue> {
  return Object.fromEntries(
    [...encoder.parameters].map(([name, { data, shape }]) => {
      const rows = batch.rows.get(name);
      if (!rows) return [name, { data, shape }];
      const width = shape[1];
      const used = new Float32Array(rows.length * width);
      rows.forEach((row, i) => used.set(data.subarray(row * width, (row + 1) * width), i * width));
      return [name, { data: used, shape: [rows.length, width] }];
    }),
  );
}

/** A copy of a tiny encoder's folder. */
export async function copyOf(name: string): Promise<string> {
  const folder = await Deno.makeTempDir();
  const copy = async (from: string, to: string) => {
    for await (const entry of Deno.readDir(from)) {
      if (entry.isDirectory) {
        await Deno.mkdir(join(to, entry.name));
        await copy(join(from, entry.name), join(to, entry.name));
      } else await Deno.copyFile(join(from, entry.name), join(to, entry.name));
    }
  };
  await copy(join(FIXTURES, name), folder);
  return folder;
}

/** Changes a JSON file; one that is not there begins as an empty object. */
export async function edit(file: string, change: (json: Record<string, unknown>) => void): Promise<void> {
  const json = await exists(file) ? JSON.parse(await Deno.readTextFile(file)) : {};
  change(json);
  await Deno.writeTextFile(file, JSON.stringify(json));
}
