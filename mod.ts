/**
 * SyNeg Kit finds out which hard negatives make a dense retriever better: mine them, have a language model write them,
 * mix, train, measure with honest statistics, and plot.
 *
 * ```text
 * loadCollection ─→ mine, generate ─→ filterNegatives, audit ─→ train ─→ evaluateEncoder, compareArms ─→ plots
 * ```
 *
 * @example A dozen lines
 * ```ts
 * import * as kit from "@syneg/kit";
 *
 * const facets = await kit.loadCollection("facets");
 * const encoder = await kit.loadEncoder("built-in");
 * const mined = await kit.mine(facets, { source: "bm25", depth: 8 });
 * const written = await kit.generate(facets, { recipe: "syneg", replay: true, quiet: true });
 * const negatives = kit.concatenate([mined, written]);
 * const sampler = kit.samplers.hybrid({ synthetic: 1, bm25: 1 }, { seed: 1 });
 * const loss = kit.losses.infoNCE({ temperature: 0.1 });
 * const recipe = { loss, inBatch: true, batchSize: 32, learningRate: 1.5e-2, epochs: 2 };
 * const before = (await kit.evaluateEncoder(encoder, facets)).scores;
 * for await (const event of kit.train(encoder, { collection: facets, negatives, sampler, ...recipe })) {
 *   if (event.type === "done") break;
 * }
 * const after = (await kit.evaluateEncoder(encoder, facets)).scores;
 * console.log(kit.plots.perQueryDifference(before, after).text);
 * ```
 *
 * The names below come in the order of use: Collections, Generation, Negatives, Reading, Encoders, Retrieval, Training, Evaluation,
 * Plots, Experiments, Tables, Core. The faces `@syneg/kit/tables`, `/negatives`, `/losses`, `/plots`, `/experiments` and
 * `/graph` hold the rest of their rooms.
 *
 * @module
 */

// Collections
export {
  BEIR,
  type Collection,
  convertCollection,
  describe,
  type Description,
  joinCollections,
  joinNegatives,
  loadCollection,
  type LoadCollectionOptions,
  LoadedCollection,
  type Passage,
  positivesOf,
  recordedGrades,
  verifyCollection,
  type WrittenGrade,
} from "./lib/collections/mod.ts";
export type { Finding } from "./lib/files/mod.ts";

// Generation
export {
  agreement,
  type Budget,
  exportLedger,
  generate,
  type GenerateOptions,
  generateQueries,
  type GenerationSummary,
  generationSummary,
  importLedger,
  type Judge,
  judge,
  type JudgeOptions,
  judgeRequests,
  type Judgment,
  knownVerdicts,
  Ledger,
  modelJudge,
  type ModelRecipe,
  negativeRequests,
  openLedger,
  planRequests,
  type QueryOptions,
  readRawReplies,
  recipeOf,
  recipes,
} from "./lib/generators/mod.ts";

// Negatives
export {
  Audit,
  audit,
  conan,
  exportNegatives,
  type FalseNegatives,
  falseNegatives,
  type Filter,
  filterEffects,
  filterNegatives,
  filters,
  importNegatives,
  type Margin,
  mine,
  type MineOptions,
  type Mix,
  readNegatives,
  readReviews,
  type Refresh,
  refresh,
  rescore,
  type Sampler,
  samplers,
  shortcut,
  verdictAgreement,
  waterfall,
} from "./lib/negatives/mod.ts";

// Reading
export { browse, diffText, type Explorer, showQuery } from "./lib/plots/mod.ts";

// Encoders
export {
  CrossEncoder,
  describeTextCuts,
  EmbeddingCache,
  type Encoder,
  endpointEncoder,
  frozenDocuments,
  loadCrossEncoder,
  loadEncoder,
  type LoadEncoderOptions,
  staticEncoder,
  textCuts,
  type TrainableEncoder,
  transformerEncoder,
  type Vectors,
} from "./lib/encoders/mod.ts";

// Retrieval
export { bm25, Bm25Index, type Bm25Options, denseSearch, fuse, type Hit, rerank } from "./lib/retrieval/mod.ts";

// Training
export * as losses from "./lib/training/losses/mod.ts";
export { checkTraining, type Loss, train, type TrainEvent, type TrainOptions } from "./lib/training/mod.ts";

// Evaluation
export {
  alignment,
  type ArmComparison,
  biggestChanges,
  compare,
  compareArms,
  type Comparison,
  type ContrastiveInformation,
  contrastiveInformation,
  type EncoderEvaluation,
  evaluate,
  evaluateEncoder,
  holm,
  latex,
  mean,
  means,
  type Measure,
  measure,
  scoresBy,
  similarities,
  summarize,
  trecReport,
  uniformity,
} from "./lib/evaluation/mod.ts";

// Plots
export * as plots from "./lib/plots/mod.ts";
export type { Chart } from "./lib/plots/mod.ts";

// Experiments
export { type ExperimentConfig, finding, loadConfig, openRun, PRESETS, runExperiment } from "./lib/experiments/mod.ts";

// Tables
export { tensorBoard } from "./lib/files/mod.ts";
export { concatenate, EVENTS, NEGATIVES, rowsById, type Source, Table, tableOf } from "./lib/tables/mod.ts";
export { readTable, writeCsv, writeTable } from "./lib/files/mod.ts";
export { readRun, writeRun } from "./lib/trec/mod.ts";

// Core
export { help } from "./lib/reference/mod.ts";
export {
  ArgumentError,
  CancelledError,
  KitError,
  notebook,
  progress,
  Random,
  random,
  stopSignal,
} from "./lib/core/mod.ts";
