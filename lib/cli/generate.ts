import { loadCollection } from "../collections/mod.ts";
import { ArgumentError } from "../core/errors.ts";
import { exists } from "../core/files.ts";
import { readRawReplies, type Recipe, recipeOf, withLedger } from "../generators/mod.ts";
import { command } from "./arguments.ts";
import { printPlan, requestsOf, throughBatch, writeBatch } from "./generate_batches.ts";
import { GENERATE_FLAGS, type GenerateFlags } from "./generate_flags.ts";
import { outputsOf, writeResults } from "./generate_results.ts";
import { checkFlags, settingsOf } from "./generate_settings.ts";
import { loadJudged } from "./load_judged.ts";
import { main } from "./run_command.ts";
import { COLLECTION } from "./shared_options.ts";

/** `deno task generate`: writes negatives with a language model, from recorded replies or batch files, or by rule. */
export const generateCommand = command({
  name: "generate",
  about: "Write negatives, queries or judgments with a language model; recorded replies are never requested twice",
  positionals: [{ ...COLLECTION, name: "collection?" }],
  options: GENERATE_FLAGS,
  examples: [
    "generate facets --replay",
    "generate facets --model llama3.1 --base-url http://127.0.0.1:11434/v1 --dry-run",
    "generate facets --recipe edit --seed 7",
    "generate data/my-collection --model llama3.1 --pool expert=law,medicine",
    "generate --read replies.jsonl",
  ],
  async run({ positionals: [name], options: flags, signal }) {
    if (flags.read) return await reportRaw(flags.read);
    if (name === undefined) throw new ArgumentError("generate needs the name of a collection, such as facets");
    const recipe = recipeOf(flags.recipe);
    checkFlags(flags, recipe);
    const collection = recipe.writes === "queries"
      ? await loadCollection(name, { signal })
      : await loadJudged(name, flags.split, signal);
    const settings = await settingsOf(flags, recipe, { collection, signal });
    const outputs = await freeOutputs(flags, recipe, collection.name);
    const { "batch-in": batchIn, "batch-out": batchOut, "batch-api": batchApi, "dry-run": dryRun } = flags;
    return await withLedger(flags.replay || flags.replies ? ":memory:" : flags.ledger, async (ledger) => {
      settings.ledger = ledger;
      if (dryRun || batchOut || batchIn || batchApi) {
        const requests = requestsOf(collection, settings);
        if (dryRun) return printPlan(requests, settings, ledger);
        if (batchOut) return await writeBatch(batchOut, requests, settings, { ledger, overwrite: flags.overwrite });
        await throughBatch(requests, settings, { ledger, file: batchIn });
        // The next batch sends what this one left unanswered.
        settings.budget = { requests: 0 };
        settings.retry = [];
      }
      return await writeResults(outputs, collection, settings, flags.overwrite);
    });
  },
});

/** The files to write, checked to be free before anything is sent. */
async function freeOutputs(flags: GenerateFlags, recipe: Recipe, collection: string): Promise<string[]> {
  const out = flags.out ?? `data/runs/${collection.replace(/\W+/g, "-")}-${recipe.name}.arrow`;
  const outputs = outputsOf(recipe, out);
  if (flags.overwrite || flags["dry-run"] || flags["batch-out"]) return outputs;
  for (const path of outputs) {
    if (!await exists(path)) continue;
    throw new ArgumentError(`Cannot write ${path}: it exists; pass --overwrite or another --out`);
  }
  return outputs;
}

/** Reports how the raw replies of a file parse. */
async function reportRaw(path: string): Promise<void> {
  const { replies, outcomes, kept, dropped } = await readRawReplies(path);
  console.log(`${replies} replies: ${Object.entries(outcomes).map(([kind, count]) => `${count} ${kind}`).join(", ")}`);
  console.log(`${kept} passages kept (${(100 * kept / replies).toFixed(1)} % of the replies)`);
  for (const { guard, count, examples } of dropped) {
    console.log(`${count} dropped, ${guard}: "…${examples[0].slice(-70).replace(/\s+/g, " ")}"`);
  }
}

if (import.meta.main) await main(generateCommand);
