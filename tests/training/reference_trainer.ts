import type { NEGATIVES } from "../../lib/tables/schema.ts";
import type { Table } from "../../lib/tables/table.ts";
import type { Collection } from "../../lib/collections/types.ts";
import type { StaticEncoder } from "../../lib/encoders/static.ts";

/** What a reference loss sees of one query: scores of its positives and negatives, and what a guide or teacher says. */
export interface ReferenceRow {
  positives: number[];
  /** Own negatives first, then those of the batch. */
  negatives: number[];
  /** Which of the negatives are in-batch ones. */
  inBatch: boolean[];
  /** The judge's scores (guide or teacher) of the same cells. */
  judgedPositives: number[];
  judgedNegatives: number[];
}

/** Settings of {@link referenceTraining}; every one is the trainer's of the same meaning. */
export interface ReferenceSettings {
  collection: Collection;
  /** Negatives of a step, from 1: all kept rows are used. */
  negatives: (step: number) => Table<typeof NEGATIVES>;
  /** Whether equal negatives of a query count each; else they count once. */
  copies?: boolean;
  steps: number;
  inBatch: boolean;
  /** Highest learning rate times the schedule's factor, by step. */
  rate: (step: number) => number;
  clip: number;
  decay: number;
  epsilon: number;
  loss: (row: ReferenceRow) => number;
  /** Score of query and document by guide or teacher. */
  judge?: (query: string, document: string) => number;
}

/**
 * Trains a static encoder's table the slow, obvious way, in 64-bit floats, on all queries at once: means of rows, unit
 * vectors, cosines, slopes of the loss by central differences over its scores, the chain rule by hand, clipping and AdamW
 * as their papers write them. Shares nothing with the graph language, the batches or the optimizer.
 *
 * @returns the trained table, row after row.
 */
export function referenceTraining(encoder: StaticEncoder, settings: ReferenceSettings): Float64Array {
  const { tokenizer, embeddings, prompts } = encoder.parts;
  const width = encoder.dimension;
  const table = Float64Array.from(embeddings.data);
  const mean = new Float64Array(table.length);
  const square = new Float64Array(table.length);
  const { queries, corpus, qrels } = settings.collection;
  const documents = new Map([...corpus.rows()].map(({ id, title, text }) => [id, title ? `${title} ${text}` : text]));
  const questions = [...queries.rows()].map(({ id, text }) => ({ id, text }));
  const positivesOf = (id: string) =>
    [...qrels.train.rows()].filter((row) => row.query_id === id && row.grade > 0).map((row) => row.doc_id);

  for (let step = 1; step <= settings.steps; step++) {
    const rows = [...settings.negatives(step).rows()].filter(({ verdict }) => verdict === "kept");
    const negativesOf = (id: string) =>
      rows.filter((row) => row.query_id === id).map(({ doc_id, title, text }) =>
        doc_id === null ? (title ? `${title} ${text}` : text!) : documents.get(doc_id)!
      );
    const pool = questions.map(({ id, text }) => ({
      text,
      positives: positivesOf(id).map((doc) => documents.get(doc)!),
      negatives: settings.copies ? negativesOf(id) : [...new Set(negativesOf(id))],
    }));
    const everything = [...new Set(pool.flatMap(({ positives, negatives }) => [...positives, ...negatives]))];
    const gradient = new Float64Array(table.length);
    const touched = new Set<number>();

    const vector = (text: string, kind: "query" | "document") => {
      const ids = [...tokenizer.encode(prompts[kind] + text)];
      const sum = new Float64Array(width);
      for (const id of ids) for (let j = 0; j < width; j++) sum[j] += table[id * width + j] / ids.length;
      const norm = Math.hypot(...sum);
      ids.forEach((id) => touched.add(id));
      return { ids, norm, unit: sum.map((value) => value / norm), slope: new Float64Array(width) };
    };
    const queryVectors = pool.map(({ text }) => vector(text, "query"));
    const documentVectors = new Map(everything.map((text) => [text, vector(text, "document")]));
    const dot = (a: Float64Array, b: Float64Array) => a.reduce((all, value, j) => all + value * b[j], 0);

    pool.forEach(({ text, positives, negatives }, i) => {
      const others = settings.inBatch
        ? everything.filter((other) => !positives.includes(other) && !negatives.includes(other))
        : [];
      const cells = [...positives, ...negatives, ...others];
      const judged = cells.map((cell) => settings.judge?.(text, cell) ?? 0);
      const scores = cells.map((cell) => dot(queryVectors[i].unit, documentVectors.get(cell)!.unit));
      const lossOf = (values: number[]) =>
        settings.loss({
          positives: values.slice(0, positives.length),
          negatives: values.slice(positives.length),
          inBatch: [...negatives.map(() => false), ...others.map(() => true)],
          judgedPositives: judged.slice(0, positives.length),
          judgedNegatives: judged.slice(positives.length),
        });
      cells.forEach((cell, c) => {
        const h = 1e-5;
        const moved = (by: number) => lossOf(scores.map((score, k) => k === c ? score + by : score));
        const slope = (moved(h) - moved(-h)) / (2 * h) / pool.length;
        const document = documentVectors.get(cell)!;
        for (let j = 0; j < width; j++) {
          queryVectors[i].slope[j] += slope * document.unit[j];
          document.slope[j] += slope * queryVectors[i].unit[j];
        }
      });
    });
    for (const { ids, norm, unit, slope } of [...queryVectors, ...documentVectors.values()]) {
      const along = dot(unit, slope);
      for (const id of ids) {
        for (let j = 0; j < width; j++) gradient[id * width + j] += (slope[j] - along * unit[j]) / norm / ids.length;
      }
    }
    const norm = Math.hypot(...gradient);
    const scale = settings.clip > 0 && norm > settings.clip ? settings.clip / norm : 1;
    for (const id of touched) {
      for (let k = id * width; k < (id + 1) * width; k++) {
        const g = scale * gradient[k];
        mean[k] = 0.9 * mean[k] + 0.1 * g;
        square[k] = 0.999 * square[k] + 0.001 * g * g;
        const m = mean[k] / (1 - 0.9 ** step);
        const v = square[k] / (1 - 0.999 ** step);
        const rate = settings.rate(step);
        table[k] -= rate * settings.decay * table[k] + rate * m / (Math.sqrt(v) + settings.epsilon);
      }
    }
  }
  return table;
}
