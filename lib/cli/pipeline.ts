import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ArgumentError, KitError } from "../core/errors.ts";
import { printable } from "../core/printable.ts";
import { textTable } from "../core/text_table.ts";
import { readLedgerRows } from "../generators/mod.ts";
import { type PipelinePlan, type PipelineSettings, planPipeline, runPipeline } from "../pipeline/mod.ts";
import { ANALYZERS } from "../retrieval/mod.ts";
import { command, type Values } from "./arguments.ts";
import { main } from "./run_command.ts";

/** The shipped example, which has recorded replies. */
const EXAMPLE = fileURLToPath(new URL("../../data/documents", import.meta.url));
const REPLIES = fileURLToPath(new URL("../../data/replies/documents.jsonl", import.meta.url));

const FLAGS = {
  model: { type: "text", about: "the server's name of the model that writes and judges", placeholder: "name" },
  "base-url": {
    type: "text",
    about: "OpenAI-compatible server [default: OPENAI_BASE_URL]; its key is read from OPENAI_API_KEY",
    placeholder: "url",
  },
  replies: {
    type: "text",
    about: "recorded replies instead of a model; for the example, its own",
    placeholder: "file",
  },
  encoder: {
    type: "text",
    about: "built-in, a folder or hf:owner/name@revision",
    placeholder: "name",
    default: "built-in",
  },
  analyzer: {
    type: "text",
    about: "how BM25 splits texts into terms [default: by the language of the documents]",
    choices: ANALYZERS.parts,
  },
  size: { type: "integer", about: "most characters of a chunk", default: 1000 },
  overlap: { type: "integer", about: "characters that neighboring chunks share", default: 150 },
  test: { type: "number", about: "share of the documents held out for the verdict", default: 0.25 },
  dev: { type: "number", about: "share of the documents that chooses the best weights", default: 0.1 },
  passages: { type: "integer", about: "chunks that queries are written for", default: 300 },
  queries: { type: "integer", about: "queries per chunk", default: 2 },
  "round-trip": { type: "integer", about: "keep a query if its chunk is among this many found", default: 10 },
  judged: { type: "integer", about: "candidates judged per query; 0 for none", default: 5 },
  written: { type: "integer", about: "negatives written per training query; 0 for none", default: 2 },
  expert: { type: "list", about: "field of expertise that a writer is given; repeatable", placeholder: "name" },
  epochs: { type: "number", about: "passes over the training queries", default: 3 },
  "learning-rate": { type: "number", about: "peak learning rate [default: 3e-3 for a static encoder, else 2e-5]" },
  measure: { type: "text", about: "measure of the verdict", default: "nDCG@10", placeholder: "name" },
  seed: { type: "integer", about: "seed of every draw", default: 0 },
  out: { type: "text", about: "folder of the run; the same command goes on there", placeholder: "folder" },
  "dry-run": { type: "flag", about: "print requests, tokens and cost of all stages; send nothing" },
  price: { type: "text", about: "per million tokens, such as 0.15,0.6", placeholder: "prompt,completion" },
  "budget-requests": { type: "integer", about: "stop after this many requests" },
  "budget-cost": { type: "number", about: "stop at this cost, in the price's currency" },
  concurrency: { type: "integer", about: "requests in flight at once", default: 8 },
} as const;

/** `deno task pipeline`: documents in, verdict out. */
export const pipelineCommand = command({
  name: "pipeline",
  about: "Make a collection of documents, fine-tune an encoder on it, and say whether that helped",
  positionals: [{ name: "folder?", about: "txt, md, html, pdf and jsonl files; omit for the shipped example" }],
  options: FLAGS,
  examples: [
    "pipeline",
    "pipeline my/handbook --model llama3.1 --base-url http://127.0.0.1:11434/v1",
    "pipeline my/handbook --model gpt-5-mini --dry-run --price 0.25,2",
  ],
  async run({ positionals: [given], options: flags, signal }) {
    const documents = given ?? EXAMPLE;
    const price = priceOf(flags.price);
    const replies = repliesOf(documents, flags);
    const settings = await settingsOf(documents, flags, replies);
    if (flags["dry-run"]) return console.log(printable(planText(await planPipeline(settings, { price, signal }))));
    const out = flags.out ?? join("data/runs", `pipeline-${given === undefined ? "example" : nameOf(given)}`);
    const { "budget-requests": requests, "budget-cost": cost, concurrency } = flags;
    const { verdict, report, leakage } = await runPipeline(settings, {
      ...{ out, baseURL: flags["base-url"], replies, price, concurrency, signal },
      budget: { ...requests === undefined ? {} : { requests }, ...cost === undefined ? {} : { cost } },
      tell: (line) => console.error(printable(line)),
    });
    const leaks = Object.values(leakage).flat().length;
    console.log(printable(verdict.text));
    console.log(
      leaks === 0 ? "No leakage found" : `Leakage: ${leaks} test passages or queries are known from training`,
    );
    console.log(printable(`Encoder, collection and report: ${dirname(report)}`));
  },
});

type Flags = Values<typeof FLAGS>;

/** The file of recorded replies; undefined if a model is asked. */
function repliesOf(documents: string, { replies, model, "base-url": url }: Flags): string | undefined {
  if (replies !== undefined) return replies;
  const asked = model !== undefined || url !== undefined;
  return asked || resolve(documents) !== resolve(EXAMPLE) ? undefined : REPLIES;
}

async function settingsOf(documents: string, flags: Flags, replies: string | undefined): Promise<PipelineSettings> {
  return {
    documents,
    model: flags.model ?? await modelOf(replies),
    ...{ encoder: flags.encoder, analyzer: flags.analyzer, size: flags.size, overlap: flags.overlap },
    ...{ test: flags.test, dev: flags.dev, passages: flags.passages, queries: flags.queries },
    ...{ roundTrip: flags["round-trip"], judged: flags.judged, written: flags.written },
    ...{ epochs: flags.epochs, learningRate: flags["learning-rate"], measure: flags.measure, seed: flags.seed },
    experts: flags.expert.length > 0 ? flags.expert : undefined,
  };
}

/** The only model of recorded replies. */
async function modelOf(replies: string | undefined): Promise<string> {
  if (replies === undefined) {
    throw new ArgumentError("pipeline needs --model, which writes queries and judges; the shipped example needs none");
  }
  const models = [...new Set((await readLedgerRows(replies)).map(({ model }) => model))];
  if (models.length === 1) return models[0];
  throw new KitError(`--model must be one of the recorded ${models.join(", ") || "(none)"}`, { file: replies });
}

function nameOf(folder: string): string {
  return folder.replace(/[\\/]+$/, "").split(/[\\/]/).at(-1)!.replaceAll(/[^\p{L}\p{N}._-]+/gu, "-") || "documents";
}

function priceOf(text: string | undefined): { prompt: number; completion: number } | undefined {
  if (text === undefined) return undefined;
  const [prompt, completion, ...rest] = text.split(",").map((word) => word.trim() === "" ? NaN : Number(word));
  if (prompt >= 0 && completion >= 0 && rest.length === 0 && prompt + completion < Infinity) {
    return { prompt, completion };
  }
  throw new ArgumentError(`--price must be two numbers >= 0, such as 0.15,0.6, found "${text}"`);
}

function planText({ documents, chunks, findings, stages, cost }: PipelinePlan): string {
  const sum = (name: "requests" | "promptTokens" | "completionTokens") =>
    stages.reduce((total, stage) => total + stage[name], 0);
  const money = (value: number | undefined) => value === undefined ? "" : value.toFixed(4);
  const rows = stages.map((stage) => [
    ...[stage.name, stage.requests, stage.promptTokens, stage.completionTokens, money(stage.cost)],
  ]);
  rows.push(["all, at most", sum("requests"), sum("promptTokens"), sum("completionTokens"), money(cost)]);
  return [
    `${documents} documents in ${chunks} chunks; ${findings} files left out`,
    textTable(["stage", "requests", "prompt tokens", "reply tokens", "cost"], rows, { align: "lrrrr" }),
  ].join("\n");
}

if (import.meta.main) await main(pipelineCommand);
