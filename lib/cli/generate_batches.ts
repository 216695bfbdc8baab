import { count, counted } from "../core/format_numbers.ts";
import type { Collection } from "../collections/mod.ts";
import { writeAtomic } from "../core/files.ts";
import { readText } from "../files/mod.ts";
import {
  type Answer,
  type BatchCounts,
  batchLines,
  estimateUsage,
  type Format,
  judgeRequests,
  type Ledger,
  modelRecipe,
  type ModelRequest,
  negativeRequests,
  pending,
  planRequests,
  queryRequests,
  runBatches,
  Spending,
  spent,
  spentLine,
  takeBatch,
} from "../generators/mod.ts";
import { judgeOptions, queryOptions } from "./generate_results.ts";
import type { GenerateSettings } from "./generate_settings.ts";

/** The requests of a run to a language model. */
export function requestsOf(collection: Collection, settings: GenerateSettings): ModelRequest[] {
  const recipe = modelRecipe(settings.recipe);
  if (recipe.writes === "queries") return queryRequests(collection, recipe, queryOptions(settings));
  if (recipe.writes === "negatives") return negativeRequests(collection, recipe, settings);
  return judgeRequests(settings.mined!, collection, judgeOptions(settings));
}

/** Prints the first prompt and what the requests would take, and sends nothing. */
export function printPlan(requests: ModelRequest[], settings: GenerateSettings, ledger: Ledger): void {
  const { price, retry } = settings;
  const shown = planRequests(requests, modelRecipe(settings.recipe), { ledger, price, retry });
  for (const { role, content } of shown.prompt) console.log(`## ${role}\n${content}\n`);
  console.log(`${count(shown.requests)} requests, ${count(shown.recorded)} of them answered in the ledger`);
  console.log(
    `about ${count(shown.promptTokens)} prompt and ${count(shown.completionTokens)} completion tokens to send` +
      (price === undefined ? "; pass --price for the cost" : `, cost about ${shown.cost!.toFixed(4)}`),
  );
}

/** Writes the unanswered requests as a batch file. */
export async function writeBatch(
  path: string,
  requests: ModelRequest[],
  settings: GenerateSettings,
  { ledger, overwrite }: { ledger: Ledger; overwrite: boolean },
): Promise<void> {
  const recipe = modelRecipe(settings.recipe);
  const left = pending(requests, recipe, ledger, { retry: settings.retry });
  const format = settings.format === "auto" ? "schema" : settings.format as Exclude<Format, "auto">;
  const openai = !settings.baseURL || settings.baseURL.includes("api.openai.com");
  const lines = batchLines(left, recipe, { format, openai });
  await writeAtomic(path, lines.map((line) => line + "\n").join(""), { overwrite });
  console.log(`Wrote ${count(left.length)} of ${counted(requests.length, "request")} to ${path}`);
}

/** Reads a batch's replies from `file`, or sends a batch and waits for it; reports replies, failures and cost. */
export async function throughBatch(
  requests: ModelRequest[],
  settings: GenerateSettings,
  { ledger, file }: { ledger: Ledger; file: string | undefined },
): Promise<void> {
  const recipe = modelRecipe(settings.recipe);
  const spending = new Spending({}, settings.price);
  const failures = new Map<string, number>();
  const listeners = {
    onReply: (request: ModelRequest, { usage, text }: Answer) =>
      void spending.count(usage, estimateUsage(request, recipe), text),
    onFailure: (_: ModelRequest, { message }: Error) => void failures.set(message, (failures.get(message) ?? 0) + 1),
  };
  const { stored, known, failed, unmatched }: BatchCounts = file
    ? takeBatch(await readText(file), requests, ledger, { file, price: settings.price, ...listeners })
    : await runBatches(requests, recipe, ledger, { ...settings, ...listeners });
  console.log(`batch: ${stored} stored, ${known} known, ${failed} failed, ${unmatched} of other runs`);
  console.log(`batch: ${spentLine(spent(spending))}`);
  for (const [message, count] of [...failures].slice(0, 10)) console.log(`${count} failed: ${message.slice(0, 200)}`);
}
