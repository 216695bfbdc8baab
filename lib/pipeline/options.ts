import * as z from "zod";
import type { Budget, Price } from "../generators/mod.ts";

/**
 * What decides the outcome of a pipeline. A run folder is resumed only with the same.
 *
 * @category Pipeline
 */
export interface PipelineSettings {
  /** Folder of the documents. */
  documents: string;
  /** The server's name of the language model that writes and judges. */
  model: string;
  /**
   * Encoder to fine-tune: built-in, a folder, hf:owner/name@revision.
   * @default {"built-in"}
   */
  encoder?: string;
  /**
   * Analyzer of BM25. Omit to choose by the language of the documents.
   */
  analyzer?: string;
  /**
   * Most characters of a chunk.
   * @default {1000}
   */
  size?: number;
  /**
   * Characters that neighboring chunks of a section share.
   * @default {150}
   */
  overlap?: number;
  /**
   * Share of the documents that is held out for the test.
   * @default {0.25}
   */
  test?: number;
  /**
   * Share of the documents that decides which weights are best.
   * @default {0.1}
   */
  dev?: number;
  /**
   * Chunks that queries are written for, spread over the documents.
   * @default {300}
   */
  passages?: number;
  /**
   * Queries written for a chunk.
   * @default {2}
   */
  queries?: number;
  /**
   * A query is kept if BM25 or the encoder finds its passage among this many.
   * @default {10}
   */
  roundTrip?: number;
  /**
   * Candidates that are judged for a query; 0 for none.
   * @default {5}
   */
  judged?: number;
  /**
   * Negatives that are written for a training query; 0 for none.
   * @default {2}
   */
  written?: number;
  /**
   * Fields of expertise that writers are given.
   * @default {["the subject of the document"]}
   */
  experts?: readonly string[];
  /**
   * Passes over the training queries.
   * @default {3}
   */
  epochs?: number;
  /** Peak learning rate. Omit for 3e-3 with a static encoder, else 2e-5. */
  learningRate?: number;
  /**
   * Measure of the verdict.
   * @default {"nDCG@10"}
   */
  measure?: string;
  /**
   * Seed of every draw.
   * @default {0}
   */
  seed?: number;
}

/** Schema of {@link PipelineSettings}. */
export const SETTINGS = z.strictObject({
  documents: z.string().min(1),
  model: z.string().min(1),
  encoder: z.string().min(1).default("built-in"),
  analyzer: z.string().min(1).optional(),
  size: z.int().min(50).default(1000),
  overlap: z.int().min(0).default(150),
  test: z.number().positive().max(0.9).default(0.25),
  dev: z.number().positive().max(0.9).default(0.1),
  passages: z.int().min(1).default(300),
  queries: z.int().min(1).max(20).default(2),
  roundTrip: z.int().min(1).default(10),
  judged: z.int().min(0).max(25).default(5),
  written: z.int().min(0).max(20).default(2),
  experts: z.array(z.string().min(1)).min(1).default(["the subject of the document"]),
  epochs: z.number().positive().default(3),
  learningRate: z.number().positive().optional(),
  measure: z.string().min(1).default("nDCG@10"),
  seed: z.int().default(0),
});

/** Settings with their defaults. */
export type Settings = z.output<typeof SETTINGS>;

/**
 * How a pipeline asks its model; nothing here changes the outcome.
 *
 * @category Pipeline
 */
export interface PipelineAsking {
  /** Address of an OpenAI-compatible server. Omit for OPENAI_BASE_URL. */
  baseURL?: string;
  /** File of recorded replies (`deno task ledger export`). With it nothing is sent. */
  replies?: string;
  /** Limits of this call; the next one goes on. */
  budget?: Budget;
  /** Price of tokens. Omit to leave the cost unknown. */
  price?: Price;
  /**
   * Requests in flight at once.
   * @default {8}
   */
  concurrency?: number;
}
