import { ArgumentError } from "../core/errors.ts";
import { exists, writeAtomic } from "../core/files.ts";
import { readTable } from "../files/arrow/ipc.ts";
import { loadCollection } from "../collections/load_collection.ts";
import { NEGATIVES } from "../tables/schema.ts";
import { readText } from "../files/source.ts";
import type { Collection } from "../collections/types.ts";
import {
  type Answer,
  type BatchCounts,
  batchLines,
  collectionPools,
  estimateUsage,
  type Format,
  type GenerateOptions,
  judgeRequests,
  type Ledger,
  type ModelRecipe,
  modelRecipe,
  type ModelRequest,
  negativeRequests,
  outcomeKinds,
  pending,
  plan,
  type Pools,
  queryRequests,
  readRawReplies,
  type Recipe,
  recipeOf,
  recipes,
  runBatches,
  type Sampling,
  Spending,
  spent,
  spentLine,
  takeBatch,
  withLedger,
} from "../generators/mod.ts";
import { command } from "./arguments.ts";
import { main } from "./run_command.ts";
import { judgeOptions, outputsOf, queryOptions, writeResults } from "./generate_results.ts";
import { loadJudged } from "./judged.ts";

/** `deno task generate`: a language model writes negatives; or recorded replies, batch files, rules. */
export const generateCommand = command({
  name: "generate",
  about: "Write negatives (or queries, or verdicts) with a language model; what is answered is never paid twice",
  positionals: [{ name: "collection?", about: "facets, a folder in BEIR's form, or what loadCollection takes" }],
  options: {
    recipe: {
      type: "text",
      about: "how to write; syneg needs fields of expertise, from the queries or by --pool",
      choices: recipes.names,
      default: "syneg",
    },
    pool: {
      type: "list",
      about: "values to draw for queries that bring none, such as expert=law,medicine; one for each name",
      placeholder: "name=a,b",
    },
    model: { type: "text", about: "the server's name of the model" },
    "base-url": { type: "text", about: "any OpenAI-compatible server (or OPENAI_BASE_URL); the key is OPENAI_API_KEY" },
    split: { type: "text", about: "split of the queries", default: "train" },
    limit: { type: "integer", about: "the first so many queries (documents, for --recipe query)" },
    positives: { type: "integer", about: "positives per query [default: 1]" },
    count: { type: "integer", about: "items in one request [default: the recipe's]" },
    seed: { type: "integer", about: "decides what is drawn [default: 0]" },
    mined: { type: "text", about: "Arrow file of mined negatives: to rewrite (counterfactual) or to judge (judge)" },
    output: { type: "text", about: "Arrow file to write [default: data/runs/<collection>-<recipe>.arrow]" },
    overwrite: { type: "flag", about: "replace the output" },
    ledger: { type: "text", about: "where replies are kept [default: data/runs/ledger.sqlite]" },
    "dry-run": { type: "flag", about: "show the first prompt, the number of requests, tokens and cost; send nothing" },
    replay: { type: "flag", about: "use the collection's recorded replies; no network, no key" },
    replies: { type: "text", about: "use the recorded replies of this file", placeholder: "file" },
    "batch-out": { type: "text", about: "write requests for OpenAI Batch or vLLM run-batch", placeholder: "file" },
    "batch-in": { type: "text", about: "take the replies of a batch in", placeholder: "file" },
    batch: { type: "flag", about: "send through the Batch API: upload, wait, download" },
    read: { type: "text", about: "report what the reader makes of a JSONL file of raw replies", placeholder: "file" },
    concurrency: { type: "integer", about: "requests under way at once", default: 8 },
    rpm: { type: "number", about: "requests per minute" },
    tpm: { type: "number", about: "tokens per minute" },
    timeout: { type: "number", about: "seconds for one answer", default: 120 },
    format: {
      type: "text",
      about: "how JSON is asked for",
      choices: ["auto", "schema", "json", "text"],
      default: "auto",
    },
    stream: { type: "flag", about: "have answers sent piece by piece" },
    temperature: { type: "number", about: "decoding temperature [default: the server's]" },
    "max-tokens": { type: "integer", about: "most tokens of a reply [default: the server's]" },
    price: { type: "text", about: "per million tokens: prompt,completion, such as 0.15,0.6" },
    retry: {
      type: "text",
      about: "outcomes on record to ask for again, such as empty,malformed,refused,truncated",
      placeholder: "outcomes",
    },
    "most-requests": { type: "integer", about: "budget in requests" },
    "most-tokens": { type: "integer", about: "budget in tokens" },
    "most-cost": { type: "number", about: "budget in the price's currency" },
  },
  examples: [
    "generate facets --replay",
    "generate facets --model llama3.1 --base-url http://127.0.0.1:11434/v1 --dry-run",
    "generate facets --recipe edit --seed 7",
    "generate data/my-collection --model llama3.1 --pool expert=law,medicine",
    "generate --read replies.jsonl",
  ],
  async run({ positionals: [name], options, signal }) {
    if (options.read) return await reportRaw(options.read);
    if (name === undefined) throw new ArgumentError("Cannot generate: name a collection, such as facets");
    const recipe = recipeOf(options.recipe);
    for (const option of UNUSED[recipe.writes]) {
      if (options[option] === undefined) continue;
      throw new ArgumentError(
        `Cannot use --${option} with recipe "${recipe.name}": it writes ${recipe.writes}, which it has no effect on`,
      );
    }
    const collection = recipe.writes === "queries"
      ? await loadCollection(name, { signal })
      : await loadJudged(name, options.split, signal);
    const price = options.price === undefined ? undefined : priceOf(options.price);
    const mined = options.mined === undefined ? undefined : await readTable(options.mined, NEGATIVES);
    const settings: GenerateOptions & { recipe: Recipe } = {
      recipe,
      model: options.model,
      baseURL: options["base-url"],
      split: options.split,
      limit: options.limit,
      positives: options.positives,
      count: options.count,
      seed: options.seed,
      mined,
      pools: options.pool.length > 0 ? poolsOf(recipe, collection, options.pool) : undefined,
      replay: options.replies ?? options.replay,
      concurrency: options.concurrency,
      requestsPerMinute: options.rpm,
      tokensPerMinute: options.tpm,
      timeout: options.timeout * 1000,
      format: options.format as Format,
      stream: options.stream,
      sampling: samplingOf(options.temperature, options["max-tokens"]),
      price,
      retry: options.retry === undefined ? [] : outcomeKinds(options.retry.split(",").map((word) => word.trim())),
      budget: budgetOf(options["most-requests"], options["most-tokens"], options["most-cost"]),
      signal,
    };
    if (settings.replay && (recipe.kind !== "model" || recipe.writes !== "negatives")) {
      throw new ArgumentError(`Cannot replay recipe "${recipe.name}": recorded replies hold written negatives only`);
    }
    if (options.batch && (settings.replay || Object.keys(settings.budget!).length > 0)) {
      throw new ArgumentError(
        `Cannot use --batch with ${settings.replay ? "recorded replies" : "a budget"}: use --limit to send less`,
      );
    }
    if (recipe.writes === "judgments" && !mined) {
      throw new ArgumentError("Cannot judge: pass the candidates with --mined");
    }
    const output = options.output ?? `data/runs/${collection.name.replace(/\W+/g, "-")}-${recipe.name}.arrow`;
    const writes = !options["dry-run"] && !options["batch-out"];
    const outputs = outputsOf(recipe, output);
    for (const path of writes && !options.overwrite ? outputs : []) {
      if (!await exists(path)) continue;
      throw new ArgumentError(`Cannot write ${path}: it exists; pass --overwrite or another --output`);
    }
    return await withLedger(options.replay || options.replies ? ":memory:" : options.ledger, async (ledger) => {
      settings.ledger = ledger;
      const through = options["dry-run"] || options["batch-out"] || options["batch-in"] || options.batch;
      if (through) {
        const asked = modelRecipe(recipe);
        const requests = requestsOf(collection, settings);
        if (options["dry-run"]) {
          return showPlan(plan(requests, asked, { ledger, price, retry: settings.retry }), price !== undefined);
        }
        if (options["batch-out"]) {
          const left = pending(requests, asked, ledger, { retry: settings.retry });
          const format = settings.format === "auto" ? "schema" : settings.format as Exclude<Format, "auto">;
          const openai = !settings.baseURL || settings.baseURL.includes("api.openai.com");
          const lines = batchLines(left, asked, { format, openai });
          await writeAtomic(options["batch-out"], lines.map((line) => line + "\n").join(""), {
            overwrite: options.overwrite,
          });
          return console.log(`${left.length} of ${requests.length} requests in ${options["batch-out"]}`);
        }
        await throughBatch(requests, asked, ledger, { ...settings, file: options["batch-in"] });
        // What the batch did not answer is left for the next one.
        settings.budget = { requests: 0 };
        settings.retry = [];
      }
      return await writeResults(outputs, collection, settings, options.overwrite);
    });
  },
});

/** Takes a batch's file in, or sends a batch and waits for it, and tells what came of it and what it took. */
async function throughBatch(
  requests: ModelRequest[],
  recipe: ModelRecipe,
  ledger: Ledger,
  { file, ...settings }: GenerateOptions & { file?: string },
): Promise<void> {
  const spending = new Spending({}, settings.price);
  const failures = new Map<string, number>();
  const told = {
    onReply: (request: ModelRequest, { usage, text }: Answer) =>
      void spending.count(usage, estimateUsage(request, recipe), text),
    onFailure: (_: ModelRequest, { message }: Error) => void failures.set(message, (failures.get(message) ?? 0) + 1),
  };
  const { stored, known, failed, unmatched }: BatchCounts = file
    ? takeBatch(await readText(file), requests, ledger, { file, price: settings.price, ...told })
    : await runBatches(requests, recipe, ledger, { ...settings, ...told });
  console.log(`batch: ${stored} stored, ${known} known, ${failed} failed, ${unmatched} of other runs`);
  console.log(`batch: ${spentLine(spent(spending))}`);
  for (const [message, count] of [...failures].slice(0, 10)) console.log(`${count} failed: ${message.slice(0, 200)}`);
}

/** Options that a recipe would leave unread, by what it writes. */
const UNUSED = {
  negatives: [],
  queries: ["positives", "mined"],
  judgments: ["positives", "count", "seed"],
} as const satisfies Record<Recipe["writes"], readonly string[]>;

function requestsOf(collection: Collection, settings: GenerateOptions): ModelRequest[] {
  const recipe = modelRecipe(settings.recipe!);
  if (recipe.writes === "queries") return queryRequests(collection, recipe, queryOptions(settings));
  if (recipe.writes === "negatives") return negativeRequests(collection, recipe, settings);
  return judgeRequests(settings.mined!, collection, judgeOptions(settings));
}

function showPlan(shown: ReturnType<typeof plan>, priced: boolean): void {
  for (const { role, content } of shown.prompt) console.log(`## ${role}\n${content}\n`);
  const number = (value: number) => value.toLocaleString("en");
  console.log(`${number(shown.requests)} requests, ${number(shown.recorded)} of them answered in the ledger`);
  console.log(
    `about ${number(shown.promptTokens)} prompt and ${number(shown.completionTokens)} completion tokens to come` +
      (priced ? `, cost about ${shown.cost!.toFixed(4)}` : "; pass --price for the cost"),
  );
}

async function reportRaw(path: string): Promise<void> {
  const { replies, outcomes, kept, dropped } = await readRawReplies(path);
  console.log(`${replies} replies: ${Object.entries(outcomes).map(([kind, count]) => `${count} ${kind}`).join(", ")}`);
  console.log(`${kept} passages kept (${(100 * kept / replies).toFixed(1)} % of the replies)`);
  for (const { guard, count, examples } of dropped) {
    console.log(`${count} dropped, ${guard}: "…${examples[0].slice(-70).replace(/\s+/g, " ")}"`);
  }
}

function priceOf(text: string): { prompt: number; completion: number } {
  const [prompt, completion, ...rest] = text.split(",").map((word) => word.trim() === "" ? NaN : Number(word));
  if (!(prompt >= 0 && completion >= 0) || rest.length > 0 || prompt + completion === Infinity) {
    throw new ArgumentError(`Cannot read the price "${text}": wanted two numbers, such as 0.15,0.6`);
  }
  return { prompt, completion };
}

/** Values by slot; slots that are not named keep the collection's. */
function poolsOf(recipe: Recipe, collection: Collection, given: readonly string[]): Pools {
  const slots = recipe.kind === "model" ? Object.keys(recipe.pools) : [];
  const pools = given.map((text) => {
    const [, slot, list] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    const values = list?.split(",").map((value) => value.trim()).filter((value) => value !== "") ?? [];
    if (values.length === 0) throw new ArgumentError(`Cannot read --pool "${text}": wanted name=a,b`);
    if (!slots.includes(slot)) {
      throw new ArgumentError(
        `Cannot use --pool "${slot}": recipe "${recipe.name}" draws ${slots.join(", ") || "nothing"}`,
      );
    }
    return [slot, values] as const;
  });
  return { ...collectionPools(collection.name), ...Object.fromEntries(pools) };
}

function samplingOf(temperature: number | undefined, max_tokens: number | undefined): Sampling {
  return { ...(temperature === undefined ? {} : { temperature }), ...(max_tokens === undefined ? {} : { max_tokens }) };
}

function budgetOf(requests?: number, tokens?: number, cost?: number): GenerateOptions["budget"] {
  return {
    ...(requests === undefined ? {} : { requests }),
    ...(tokens === undefined ? {} : { tokens }),
    ...(cost === undefined ? {} : { cost }),
  };
}

if (import.meta.main) await main(generateCommand);
