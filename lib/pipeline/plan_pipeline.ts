import { checkOptions } from "../core/options.ts";
import { parseOptions } from "../core/parse_options.ts";
import { stopSignal } from "../core/stop.ts";
import {
  estimateUsage,
  judgeRequests,
  type ModelRecipe,
  modelRecipe,
  type ModelRequest,
  negativeRequests,
  type Price,
  queryRequests,
} from "../generators/mod.ts";
import { mine } from "../negatives/mod.ts";
import { QRELS, QUERIES } from "../tables/schema.ts";
import { tableOf } from "../tables/table_builder.ts";
import { type PipelineSettings, SETTINGS, type Settings } from "./options.ts";
import { collectionOf } from "./stage.ts";
import { firstCandidates } from "./stages/judge.ts";
import { readAll } from "./stages/read.ts";
import { sampleChunks } from "./stages/sample.ts";

/**
 * Options of {@link planPipeline}.
 *
 * @category Pipeline
 */
export interface PlanPipelineOptions {
  /** Price of tokens. Omit to leave the cost unknown. */
  price?: Price;
  /** Cancels the work. */
  signal?: AbortSignal;
}

/**
 * One stage of a {@link PipelinePlan}.
 *
 * @category Pipeline
 */
export interface PlannedStage {
  /** What is asked for: queries, judgments, negatives. */
  readonly name: string;
  /** Requests. */
  readonly requests: number;
  /** Estimated prompt tokens. */
  readonly promptTokens: number;
  /** Estimated tokens of the replies. */
  readonly completionTokens: number;
  /** Estimated cost; undefined without a price. */
  readonly cost?: number;
}

/**
 * What a pipeline would ask and cost.
 *
 * @category Pipeline
 */
export interface PipelinePlan {
  /** Documents with text. */
  readonly documents: number;
  /** Chunks of all documents. */
  readonly chunks: number;
  /** Files that would be left out. */
  readonly findings: number;
  /** Every stage that asks the model. */
  readonly stages: readonly PlannedStage[];
  /** Cost of all stages; undefined without a price. */
  readonly cost?: number;
}

/**
 * Prices a pipeline before anything is sent. Every query is taken to be kept, and stands for itself as the first words of
 * its passage, so the figures of judging and writing are upper bounds.
 *
 * @throws {ArgumentError} if a setting is outside its domain.
 *
 * @example
 * ```ts
 * import { planPipeline } from "@syneg/kit/pipeline";
 * const documents = await Deno.makeTempDir();
 * for (const name of ["bees", "bread", "clocks"]) {
 *   await Deno.writeTextFile(`${documents}/${name}.txt`, `All about ${name}. `.repeat(20));
 * }
 * console.log((await planPipeline({ documents, model: "m" })).stages.map(({ requests }) => requests)); // [3, 6, 6]
 * ```
 *
 * @category Pipeline
 */
export async function planPipeline(
  settings: PipelineSettings,
  options: PlanPipelineOptions = {},
): Promise<PipelinePlan> {
  checkOptions<PlanPipelineOptions>("planPipeline", options, { price: "object", signal: "object" });
  const checked: Settings = parseOptions("planPipeline", SETTINGS, settings);
  const { price } = options;
  const signal = stopSignal(options.signal);
  const { corpus, documents, findings } = await readAll(checked, signal);
  const { model, passages, queries: count, seed, judged, written, experts, analyzer } = checked;
  const sample = sampleChunks(corpus, { count: passages, seed });
  const empty = { queries: tableOf(QUERIES, []), qrels: {} };
  const rows = [...sample.rows()].flatMap(({ id, text }) =>
    Array.from({ length: count }, (_, i) => ({ id: `${id}-q${i + 1}`, text: text.slice(0, 60), doc: id }))
  );
  const collection = collectionOf({
    corpus,
    queries: tableOf(QUERIES, rows.map(({ id, text }) => ({ id, text }))),
    qrels: { train: tableOf(QRELS, rows.map(({ id, doc }) => ({ query_id: id, doc_id: doc, grade: 1 }))) },
  });
  const stages: PlannedStage[] = [];
  const plan = (name: string, recipe: ModelRecipe, requests: readonly ModelRequest[]) =>
    stages.push(planned(name, { recipe, requests, price }));
  const query = modelRecipe("query");
  plan("queries", query, queryRequests(collectionOf({ corpus: sample, ...empty }), query, { model, count, seed }));
  if (judged > 0) {
    const mined = await mine(collection, { source: "bm25", depth: Math.min(20, corpus.length), analyzer, signal });
    plan(
      "judgments",
      modelRecipe("judge"),
      judgeRequests(firstCandidates(mined, judged), collection, { model, batchSize: judged }),
    );
  }
  if (written > 0) {
    const syneg = modelRecipe("syneg");
    const pools = { expert: [...experts] };
    plan("negatives", syneg, negativeRequests(collection, syneg, { model, seed, count: written, pools }));
  }
  return {
    ...{ documents: documents.length, chunks: corpus.length, findings: findings.length, stages },
    cost: price && stages.reduce((sum, stage) => sum + stage.cost!, 0),
  };
}

function planned(
  name: string,
  { recipe, requests, price }: { recipe: ModelRecipe; requests: readonly ModelRequest[]; price?: Price },
): PlannedStage {
  let promptTokens = 0;
  let completionTokens = 0;
  for (const request of requests) {
    const { prompt, completion } = estimateUsage(request, recipe);
    promptTokens += prompt;
    completionTokens += completion;
  }
  const cost = price && (promptTokens * price.prompt + completionTokens * price.completion) / 1e6;
  return { name, requests: requests.length, promptTokens, completionTokens, cost };
}
