/**
 * Has language models write negatives and queries, and judge candidates; or writes negatives by rule. A ledger keeps
 * every reply, so nothing is paid for twice.
 *
 * @example
 * ```ts
 * import { generate, generationSummary, loadCollection } from "@syneg/kit";
 * const facets = await loadCollection("facets");
 * const negatives = await generate(facets, { recipe: "syneg", replay: true, limit: 20 });
 * console.log(negatives.length, generationSummary(negatives)?.outcomes);
 * ```
 *
 * @module
 */
export {
  COLLECTION_POOLS,
  collectionPools,
  drawAttributes,
  type DrawOptions,
  modelRecipe,
  recipeId,
  recipeOf,
  type RecipePart,
  recipes,
} from "./recipes/mod.ts";
export type {
  DrawnAttributes,
  Item,
  Message,
  ModelRecipe,
  Pools,
  PromptInput,
  Recipe,
  RecipeBase,
  RuleOptions,
  RuleRecipe,
  SettleOptions,
} from "./recipe.ts";
export { type PromptInputOptions, promptInputs } from "./prompt_inputs.ts";
export type { ModelRequest, Sampling } from "./model_request.ts";
export { generate, type GenerateOptions, negativeRequests } from "./generate.ts";
export { generateQueries, type QueryOptions, queryRequests } from "./generate_queries.ts";
export { judge, type JudgeOptions, judgeRequests, modelJudge } from "./judge.ts";
export type { Judge, JudgeRequest, Judgment } from "./judgment.ts";
export { type Agreement, agreement, knownVerdicts } from "./agreement.ts";
export type { JudgedItem, Outcome, OutcomeKind, Reading } from "./outcome.ts";
export { outcomeKinds } from "./outcome_of.ts";
export { type GenerationSummary, generationSummary, summarize, tally } from "./generation_summary.ts";
export type { SendOptions } from "./send_options.ts";
export { type Budget, Spending } from "./budget.ts";
export { type AskingOptions, pending } from "./pending.ts";
export { type Plan, planRequests } from "./plan.ts";
export { reportLines, type RunReport, type Spent, spent, spentLine } from "./run_report.ts";
export { hasRecordings, readRecordings, type Recording } from "./recordings.ts";
export { importRecordings, type RecordingCounts } from "./replay.ts";
export { type RawOptions, type RawReport, readRawReplies } from "./read_raw_replies.ts";
export { readReply, type Reply } from "./reading/mod.ts";
export {
  checkLedgerPath,
  DEFAULT_LEDGER,
  exportLedger,
  type ImportCounts,
  importLedger,
  Ledger,
  type LedgerRow,
  type LedgerTotals,
  type LedgerWrite,
  offerAll,
  openLedger,
  readLedgerRows,
  withLedger,
} from "./ledger/mod.ts";
export {
  type BatchCounts,
  type BatchFileOptions,
  batchLines,
  type BatchRunOptions,
  type BatchTakeOptions,
  runBatches,
  takeBatch,
} from "./batches/mod.ts";
export {
  type Answer,
  type EndpointOptions,
  estimateUsage,
  type Format,
  type Price,
  type RateOptions,
  type Usage,
} from "./client/mod.ts";
