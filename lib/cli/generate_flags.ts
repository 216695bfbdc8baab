import { recipes } from "../generators/mod.ts";
import type { Values } from "./arguments.ts";

/** Options of `deno task generate`. */
export const GENERATE_FLAGS = {
  recipe: { type: "text", about: "prompt or rule to write by", choices: recipes.parts, default: "syneg" },
  pool: {
    type: "list",
    about: "values to draw for queries that bring none, such as expert=law,medicine; repeatable. syneg needs fields " +
      "of expertise, from the queries or from here",
    placeholder: "slot=a,b",
  },
  model: { type: "text", about: "the server's name of the model", placeholder: "name" },
  "base-url": {
    type: "text",
    about: "OpenAI-compatible server [default: OPENAI_BASE_URL]; its key is read from OPENAI_API_KEY",
    placeholder: "url",
  },
  split: { type: "text", about: "split of the queries", default: "train" },
  limit: { type: "integer", about: "first n queries only (documents, for recipe query)" },
  positives: { type: "integer", about: "positives per query [default: 1]" },
  count: { type: "integer", about: "items per request [default: the recipe's]" },
  seed: { type: "integer", about: "seed of what is drawn [default: 0]" },
  mined: {
    type: "text",
    about: "Arrow file of mined negatives to rewrite (counterfactual) or judge (judge, arhn)",
    placeholder: "file",
  },
  out: {
    type: "text",
    about: "Arrow file to write [default: data/runs/<collection>-<recipe>.arrow]",
    placeholder: "file",
    formerly: "output",
  },
  overwrite: { type: "flag", about: "replace an existing file" },
  ledger: { type: "text", about: "file of replies [default: data/runs/ledger.sqlite]", placeholder: "file" },
  "dry-run": { type: "flag", about: "print the first prompt, requests, tokens and cost; send nothing" },
  replay: { type: "flag", about: "use the collection's recorded replies; no network, no key" },
  replies: { type: "text", about: "use the recorded replies of this file", placeholder: "file" },
  "batch-out": { type: "text", about: "write requests for OpenAI Batch or vLLM run-batch", placeholder: "file" },
  "batch-in": { type: "text", about: "read the replies of a batch", placeholder: "file" },
  "batch-api": {
    type: "flag",
    about: "send through the Batch API: upload, wait, download",
    formerly: "batch",
  },
  read: { type: "text", about: "report how a JSONL file of raw replies parses", placeholder: "file" },
  concurrency: { type: "integer", about: "requests in flight at once", default: 8 },
  rpm: { type: "number", about: "requests per minute" },
  tpm: { type: "number", about: "tokens per minute" },
  timeout: { type: "number", about: "seconds per reply", default: 120 },
  format: {
    type: "text",
    about: "how to request JSON",
    choices: ["auto", "schema", "json", "text"],
    default: "auto",
  },
  stream: { type: "flag", about: "stream replies" },
  temperature: { type: "number", about: "sampling temperature [default: the server's]" },
  "max-tokens": { type: "integer", about: "most tokens per reply [default: the server's]" },
  price: { type: "text", about: "per million tokens, such as 0.15,0.6", placeholder: "prompt,completion" },
  retry: {
    type: "text",
    about: "recorded outcomes to request again, such as empty,malformed,refused,truncated",
    placeholder: "outcomes",
  },
  "budget-requests": { type: "integer", about: "stop after this many requests", formerly: "most-requests" },
  "budget-tokens": { type: "integer", about: "stop after this many tokens", formerly: "most-tokens" },
  "budget-cost": { type: "number", about: "stop at this cost, in the price's currency", formerly: "most-cost" },
} as const;

/** Values of {@link GENERATE_FLAGS}. */
export type GenerateFlags = Values<typeof GENERATE_FLAGS>;
