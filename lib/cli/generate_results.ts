import { counted } from "../core/format_numbers.ts";
import type { Collection } from "../collections/mod.ts";
import { ArgumentError, KitError } from "../core/errors.ts";
import { writeTable } from "../files/mod.ts";
import {
  generate,
  type GenerateOptions,
  generateQueries,
  generationSummary,
  judge,
  type JudgeOptions,
  type ModelRecipe,
  type Outcome,
  type OutcomeKind,
  type QueryOptions,
  type Recipe,
  reportLines,
  type RunReport,
  summarize,
  tally,
} from "../generators/mod.ts";
import type { Schema, Table } from "../tables/mod.ts";
import type { GenerateSettings } from "./generate_settings.ts";
import { reportJudgments } from "./report_judgments.ts";

/** Outcomes of requests without a reply. */
const UNANSWERED: ReadonlySet<OutcomeKind> = new Set(["rejected", "unreachable", "unsent", "unrecorded"]);

/** The files that a recipe writes; the first is the one that was named. */
export function outputsOf({ writes }: Recipe, output: string): string[] {
  return writes === "queries" ? [output, output.replace(/(\.arrow)?$/, "-qrels.arrow")] : [output];
}

/** Runs a recipe, writes its tables and reports the outcomes. Returns the exit code. */
export async function writeResults(
  outputs: readonly string[],
  collection: Collection,
  settings: GenerateSettings,
  overwrite: boolean,
): Promise<number> {
  const outcomes: Outcome[] = [];
  let report: RunReport | undefined;
  const options: GenerateSettings = {
    ...settings,
    onOutcome: (outcome) => void outcomes.push(outcome),
    // Called after an error, too: the requests made until then are paid for.
    onReport: (done) => {
      report = done;
      if (done.asked + done.recorded > 0) reportLines(done).forEach((line) => console.log(line));
    },
  };
  const save: Save = async (path, table) => {
    // An empty table would look like the model's answer.
    if (outcomes.length > 0 && outcomes.every(({ kind }) => UNANSWERED.has(kind))) {
      const reason = report?.lastFailure ?? outcomes.at(-1)!.reason;
      throw new KitError(`Cannot write ${path}: none of ${outcomes.length} requests was answered; the last: ${reason}`);
    }
    await writeTable(path, table, { overwrite });
    console.log(`${counted(table.length, "row")} in ${path}`);
  };
  const run = { collection, options, outcomes, save };
  if (settings.recipe.writes === "judgments") return await writeJudgments(outputs, run);
  if (settings.recipe.writes === "queries") return await writeQueries(outputs, run);
  return await writeNegatives(outputs, run);
}

type Save = <S extends Schema>(path: string, table: Table<S>) => Promise<void>;

/** One run of a recipe: what it reads, how, and where its outcomes go. */
interface Run {
  readonly collection: Collection;
  readonly options: GenerateSettings;
  readonly outcomes: readonly Outcome[];
  readonly save: Save;
}

async function writeJudgments([output]: readonly string[], { collection, options, outcomes, save }: Run) {
  const mined = options.mined!;
  const judged = await judge(mined, collection, judgeOptions(options));
  if (outcomes.length === 0) {
    throw new ArgumentError(
      `Cannot judge: --mined holds no kept candidate for the queries of split "${options.split}"`,
    );
  }
  await save(output, judged);
  printOutcomes(options.recipe, outcomes);
  return reportJudgments(mined, judged, collection, options);
}

async function writeQueries([output, second]: readonly string[], { collection, options, outcomes, save }: Run) {
  const { queries, qrels } = await generateQueries(collection, queryOptions(options));
  await save(output, queries);
  await save(second, qrels);
  printOutcomes(options.recipe, outcomes);
  return 0;
}

async function writeNegatives([output]: readonly string[], { collection, options, save }: Run) {
  const table = await generate(collection, options);
  await save(output, table);
  const { recipe: id, requests, outcomes: ends, kept, dropped, relabeled, reasons } = generationSummary(table)!;
  console.log(`${id}: ${requests} requests: ${list(ends)}`);
  console.log(`${kept} kept, ${relabeled} relabeled, ${dropped} dropped${dropped ? ` (${list(reasons)})` : ""}`);
  return 0;
}

/** The settings that judging takes. */
export function judgeOptions(settings: GenerateOptions): JudgeOptions {
  const rest = without(settings, "positives", "count", "seed", "mined", "pools", "replay", "reach");
  return { ...rest, recipe: settings.recipe as ModelRecipe };
}

/** The settings that writing queries takes. */
export function queryOptions(settings: GenerateOptions): QueryOptions {
  return {
    ...without(settings, "split", "positives", "mined", "replay", "reach"),
    recipe: settings.recipe as ModelRecipe,
  };
}

function without<T extends object, K extends keyof T>(value: T, ...keys: readonly K[]): Omit<T, K> {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key as K))) as Omit<T, K>;
}

function list(counts: object): string {
  return Object.entries(counts).map(([word, count]) => `${count} ${word}`).join(", ");
}

function printOutcomes(recipe: Recipe, outcomes: readonly Outcome[]): void {
  console.log(
    `${summarize(recipe, outcomes).recipe}: ${outcomes.length} requests: ${
      list(tally(outcomes.map(({ kind }) => kind)))
    }`,
  );
}
