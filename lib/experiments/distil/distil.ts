import type { Progress } from "../../core/progress.ts";
import { normaliseRows } from "../../encoders/encode.ts";
import { transformerEncoder } from "../../encoders/fresh.ts";
import type { StaticEncoder } from "../../encoders/static.ts";
import type { TransformerEncoder } from "../../encoders/transformer.ts";
import type { TrainableEncoder, Vectors } from "../../encoders/types.ts";
import { type Components, transformed } from "./components.ts";
import { BATCH, matchVectors, wantBatch } from "./match.ts";
import { distilTokens, WHITENING } from "./start.ts";
import { collectTexts } from "./texts.ts";

/** Options of {@link distil}. */
export interface DistilOptions {
  /** Sources of text, see {@link collectTexts}. */
  sources: readonly string[];
  /** Most texts of one source. */
  limit: number;
  dimension: number;
  /** Layers of a transformer; 0 makes a static encoder. */
  layers: number;
  /** Passes over the texts; 0 leaves the encoder as it starts. */
  epochs: number;
  /** Learning rate. */
  rate: number;
  seed: number;
  threads?: number;
  /** Makes a reporter for one part of the work. */
  report?: (label: string, total: number) => Progress;
  signal?: AbortSignal;
}

/** Texts whose vectors go to the teacher's cache at once: a stopped run goes on from there. */
const BLOCK = 4096;

/**
 * Distils a small encoder from a large one: a static one out of the teacher's tokens, then trained to give the
 * teacher's vectors of whole texts, in the same half-whitened components; with layers, a transformer that starts from
 * that static table.
 *
 * @throws {ArgumentError} if the dimension is greater than the teacher's, or there are too few texts to train on
 */
export async function distil(teacher: TransformerEncoder, options: DistilOptions): Promise<TrainableEncoder> {
  const { sources, limit, dimension, layers, epochs, rate, seed, threads, report, signal } = options;
  const texts = await collectTexts(sources, { seed, limit });
  // Known before the teacher works for hours.
  if (epochs > 0) wantBatch(texts);
  const reading = report?.("reading the teacher's tokens", teacher.parts.tokenizer.size);
  const { encoder: start, components } = await distilTokens(teacher, {
    dimension,
    texts,
    name: "distilled",
    progress: reading,
    signal,
  });
  reading?.finish();
  const student = layers > 0 ? layered(start, layers, seed) : start;
  if (epochs === 0) return student;
  const targets = await targetsOf(teacher, texts, { ...options, components });
  const steps = Math.ceil(epochs * Math.floor(texts.length / BATCH));
  const progress = report?.("training", steps);
  await matchVectors(student, texts, { targets, seed, epochs, learningRate: rate, threads, progress, signal });
  progress?.finish();
  return student;
}

/** The teacher's vectors in half-whitened components, of length 1. */
async function targetsOf(
  teacher: TransformerEncoder,
  texts: readonly string[],
  { components, dimension, report, signal }: DistilOptions & { components: Components },
): Promise<Vectors> {
  const width = teacher.dimension;
  const data = new Float32Array(texts.length * width);
  const progress = report?.("encoding by the teacher", texts.length);
  for (let begin = 0; begin < texts.length; begin += BLOCK) {
    const block = await teacher.encode(texts.slice(begin, begin + BLOCK), { kind: "document", signal });
    data.set(block.data, begin * width);
    progress?.update(Math.min(texts.length, begin + BLOCK));
  }
  progress?.finish();
  // Texts have another mean than tokens, but the directions must be the ones that the encoder starts with.
  const mean = new Float64Array(width);
  for (let i = 0; i < data.length; i++) mean[i % width] += data[i] / texts.length;
  const centred = { ...components, mean: Float32Array.from(mean) };
  const vectors = normaliseRows(transformed(data, centred, WHITENING), dimension);
  return { data: vectors, length: texts.length, dimension };
}

/** A transformer of the static encoder's width whose table is the static one. */
function layered(start: StaticEncoder, layers: number, seed: number): TransformerEncoder {
  const tokenizer = start.parts.tokenizer;
  const width = start.dimension;
  const encoder = transformerEncoder([], { seed, layers, width, inner: 2 * width, tokenizer, name: start.name });
  // BERT's tables start with numbers of about 0.02 to 0.05.
  const table = encoder.parameters.get("embeddings.word")!.data;
  table.set(start.parts.embeddings.data.map((x) => 0.05 * x));
  return encoder;
}
