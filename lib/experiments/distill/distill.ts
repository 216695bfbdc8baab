import { normalizeRows } from "../../core/normalize_rows.ts";
import type { Progress } from "../../core/progress.ts";
import { transformerEncoder } from "../../encoders/from_scratch.ts";
import type { StaticEncoder } from "../../encoders/static.ts";
import type { TransformerEncoder } from "../../encoders/transformer.ts";
import type { TrainableEncoder, Vectors } from "../../encoders/types.ts";
import { collectTexts } from "./collect_texts.ts";
import { distillTokens, WHITENING } from "./distill_tokens.ts";
import { BATCH_SIZE, checkTexts, matchVectors } from "./match_vectors.ts";
import { type Components, transformed } from "./principal_components.ts";

/** Options of {@link distill}. */
export interface DistillOptions {
  /** Sources of text, as {@link collectTexts} reads them. */
  sources: readonly string[];
  /** Most texts per source. */
  limit: number;
  /** Numbers of a vector. */
  dimension: number;
  /** Layers of a transformer; 0 makes a static encoder. */
  layers: number;
  /** Passes over the texts; 0 skips the training. */
  epochs: number;
  /** Highest learning rate. */
  learningRate: number;
  /** Seed of texts, batches and initial weights. */
  seed: number;
  /** Threads of one operation. Omit to use all cores. */
  threads?: number;
  /** Creates the progress of one part of the work. */
  report?: (label: string, total: number) => Progress;
  /** Stops the work. */
  signal?: AbortSignal;
}

/** Texts that the teacher encodes and caches at a time; a stopped run resumes after the last block. */
const BLOCK = 4096;

/**
 * Distills a small encoder from a large one. A static encoder starts from the teacher's vectors of tokens, then learns
 * the teacher's vectors of whole texts in the same half-whitened components. With layers, a transformer starts from that
 * static table.
 *
 * @throws {ArgumentError} if the dimension is greater than the teacher's, or there are too few texts to train on.
 */
export async function distill(teacher: TransformerEncoder, options: DistillOptions): Promise<TrainableEncoder> {
  const { sources, limit, dimension, layers, epochs, learningRate, seed, threads, report, signal } = options;
  const texts = await collectTexts(sources, { seed, limit });
  // Before the teacher works for hours.
  if (epochs > 0) checkTexts(texts);
  const reading = report?.("reading the teacher's tokens", teacher.parts.tokenizer.size);
  const { encoder: start, components } = await distillTokens(teacher, {
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
  const steps = Math.ceil(epochs * Math.floor(texts.length / BATCH_SIZE));
  const progress = report?.("training", steps);
  await matchVectors(student, texts, { targets, seed, epochs, learningRate, threads, progress, signal });
  progress?.finish();
  return student;
}

/** The teacher's vectors in half-whitened components, of length 1. */
async function targetsOf(
  teacher: TransformerEncoder,
  texts: readonly string[],
  { components, dimension, report, signal }: DistillOptions & { components: Components },
): Promise<Vectors> {
  const width = teacher.dimension;
  const data = new Float32Array(texts.length * width);
  const progress = report?.("encoding with the teacher", texts.length);
  for (let begin = 0; begin < texts.length; begin += BLOCK) {
    const block = await teacher.encode(texts.slice(begin, begin + BLOCK), { kind: "document", signal });
    data.set(block.data, begin * width);
    progress?.update(Math.min(texts.length, begin + BLOCK));
  }
  progress?.finish();
  // The mean of texts differs from that of tokens, but the directions must be those that the encoder starts with.
  const mean = new Float64Array(width);
  for (let i = 0; i < data.length; i++) mean[i % width] += data[i] / texts.length;
  const centered = { ...components, mean: Float32Array.from(mean) };
  const vectors = normalizeRows(transformed(data, centered, WHITENING), dimension);
  return { data: vectors, length: texts.length, dimension };
}

/** A transformer of the static encoder's width that starts from its table. */
function layered(start: StaticEncoder, layers: number, seed: number): TransformerEncoder {
  const tokenizer = start.parts.tokenizer;
  const width = start.dimension;
  const encoder = transformerEncoder([], { seed, layers, width, inner: 2 * width, tokenizer, name: start.name });
  // BERT's tables start with numbers of about 0.02 to 0.05.
  const table = encoder.parameters.get("embeddings.word")!.data;
  table.set(start.parts.embeddings.data.map((x) => 0.05 * x));
  return encoder;
}
