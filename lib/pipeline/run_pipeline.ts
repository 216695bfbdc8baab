import { convertCollection } from "../collections/convert_collection.ts";
import { loadCollection } from "../collections/load_collection.ts";
import type { Collection } from "../collections/types.ts";
import { exists, writeAtomic } from "../core/files.ts";
import { lockFile } from "../core/lock.ts";
import { checkOptions, type OptionKinds } from "../core/options.ts";
import { parseOptions } from "../core/parse_options.ts";
import { stopSignal } from "../core/stop.ts";
import { loadEncoder } from "../encoders/mod.ts";
import { importLedger, withLedger } from "../generators/mod.ts";
import { guessLanguage } from "../retrieval/mod.ts";
import type { Leakage } from "./leakage.ts";
import { type PipelineAsking, type PipelineSettings, SETTINGS } from "./options.ts";
import { pipelineReport } from "./pipeline_report.ts";
import { PipelineFolder } from "./run_folder.ts";
import { collectionOf, type Stage } from "./stage.ts";
import { judgeStage } from "./stages/judge.ts";
import { leakageStage } from "./stages/leakage.ts";
import { negativesStage } from "./stages/negatives.ts";
import { queriesStage } from "./stages/queries.ts";
import { documentOfChunk, readStage } from "./stages/read.ts";
import { trainStage } from "./stages/train.ts";
import { verdictStage } from "./stages/verdict.ts";
import type { PipelineVerdict } from "./verdict.ts";

/**
 * Options of {@link runPipeline}: where, how to ask, and how to stop.
 *
 * @category Pipeline
 */
export interface RunPipelineOptions extends PipelineAsking {
  /** Folder of the run. A second call with the same settings goes on there. */
  out: string;
  /** Receives one line for each thing that is done. Omit for none. */
  tell?: (line: string) => void;
  /** Cancels the work; finished stages and replies are kept. */
  signal?: AbortSignal;
}

const KINDS: OptionKinds<RunPipelineOptions> = {
  out: "string",
  tell: "function",
  baseURL: "string",
  replies: "string",
  budget: "object",
  price: "object",
  concurrency: "number",
  signal: "object",
};

/**
 * What a pipeline leaves.
 *
 * @category Pipeline
 */
export interface PipelineResult {
  /** Whether fine-tuning helped. */
  readonly verdict: PipelineVerdict;
  /** What of the test is known from training. */
  readonly leakage: Leakage;
  /** Folder of the fine-tuned encoder. */
  readonly encoder: string;
  /** Folder of the collection, in BEIR's form. */
  readonly collection: string;
  /** Path of the report. */
  readonly report: string;
}

/**
 * Makes a collection of documents, fine-tunes an encoder on it, and says whether that helped: documents in, verdict out.
 * A language model writes queries for a sample of passages; those that find their passage are kept; it judges mined
 * candidates and writes negatives; documents are split before, near-duplicates together, so the test is on documents that
 * training has not seen.
 *
 * Every finished stage is kept in the run's folder, and every reply in its ledger: a run that was killed goes on, and
 * pays for nothing twice.
 *
 * @throws {ArgumentError} before any work, if a setting is outside its domain.
 * @throws {KitError} if the documents have no text, the folder holds another run, or the budget is spent.
 *
 * @example
 * ```ts
 * import { runPipeline } from "@syneg/kit/pipeline";
 * const settings = { documents: "my/handbook", model: "llama3.1" };
 * const run = () => runPipeline(settings, { out: "data/runs/handbook", baseURL: "http://127.0.0.1:11434/v1" });
 * console.log(typeof run); // function
 * ```
 *
 * @category Pipeline
 */
export async function runPipeline(settings: PipelineSettings, options: RunPipelineOptions): Promise<PipelineResult> {
  checkOptions<RunPipelineOptions>("runPipeline", options, KINDS);
  const checked = parseOptions("runPipeline", SETTINGS, settings);
  const { out, tell = () => {}, replies } = options;
  const signal = stopSignal(options.signal);
  const folder = await PipelineFolder.open(out, checked);
  const lock = await lockFile(folder.file("pipeline.lock"), { doing: "run the pipeline" });
  try {
    const encoder = await loadEncoder(checked.encoder, { cache: folder.file("vectors"), signal });
    try {
      return await withLedger(folder.file("ledger.sqlite"), async (ledger) => {
        if (replies !== undefined) await importLedger(ledger, replies);
        const stage = { settings: checked, folder, ledger, asking: options, encoder, tell, signal, quiet: true };
        return await stages(stage);
      });
    } finally {
      await encoder.dispose();
    }
  } finally {
    await lock.release();
  }
}

async function stages(stage: Stage): Promise<PipelineResult> {
  const { folder, settings, tell, signal } = stage;
  const read = await readStage(folder, settings, signal);
  tell(`${read.documents.length} documents in ${read.corpus.length} chunks; ${read.findings.length} files left out`);
  if (settings.analyzer === undefined) tell((await guessLanguage(read.corpus)).text);
  const { queries, source, counts: asked } = await queriesStage(stage, read.corpus);
  const judged = await judgeStage(stage, { read, queries, source });
  const collection = await collectionStage(folder, collectionOf({ corpus: read.corpus, queries, qrels: judged.qrels }));
  const made = await negativesStage(stage, collection, judged.train);
  const { negatives } = made;
  const leaked = await leakageStage(stage, { read, collection, mined: judged.train, negatives });
  const tuned = await trainStage(stage, collection, negatives);
  const document = documentOfChunk(read.corpus);
  const documentOf = new Map(Array.from(source.rows(), ({ query_id, doc_id }) => [query_id, document.get(doc_id)!]));
  const verdict = await verdictStage(stage, collection, { tuned, documentOf });
  const report = folder.file("report.md");
  const text = pipelineReport({
    settings,
    read,
    asked,
    judged: judged.counts,
    made: made.counts,
    leaked,
    verdict,
    collection,
  });
  await writeAtomic(report, text, { overwrite: true });
  return { verdict, leakage: leaked, encoder: tuned, collection: folder.file("collection"), report };
}

/** The collection in BEIR's form, written once. */
async function collectionStage(folder: PipelineFolder, made: Collection): Promise<Collection> {
  const path = folder.file("collection");
  if (!await exists(path)) await convertCollection(made, path, { format: "beir" });
  return await loadCollection(path);
}
