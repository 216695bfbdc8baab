import { ArgumentError, KitError } from "../core/errors.ts";
import { writeTable } from "../files/arrow/ipc.ts";
import { type NEGATIVES, type Schema, VERDICTS } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";
import type { Collection } from "../collections/types.ts";
import {
  agreement,
  generate,
  type GenerateOptions,
  generateQueries,
  generationSummary,
  judge,
  type JudgeOptions,
  knownVerdicts,
  type ModelRecipe,
  type Outcome,
  type OutcomeKind,
  promptInputs,
  type QueryOptions,
  type Recipe,
  reportLines,
  type RunReport,
  summarize,
  tally,
} from "../generators/mod.ts";

/** How a request ends that nobody answered. */
const UNANSWERED: ReadonlySet<OutcomeKind> = new Set(["rejected", "unreachable", "unsent", "unrecorded"]);

/** The files that a recipe writes; the first is the one that was named. */
export function outputsOf({ writes }: Recipe, output: string): string[] {
  return writes === "queries" ? [output, output.replace(/(\.arrow)?$/, "-qrels.arrow")] : [output];
}

/** Carries a recipe out, writes its tables and tells what came of it. Returns the exit code. */
export async function writeResults(
  [output, second]: readonly string[],
  collection: Collection,
  settings: GenerateOptions & { recipe: Recipe },
  overwrite: boolean,
): Promise<number> {
  const { recipe, mined } = settings;
  const outcomes: Outcome[] = [];
  let report: RunReport | undefined;
  const options: GenerateOptions = {
    ...settings,
    onOutcome: (outcome) => void outcomes.push(outcome),
    // Told when the run ends with an error too: what it took is paid.
    onReport: (done) => {
      report = done;
      if (done.asked + done.recorded > 0) reportLines(done).forEach((line) => console.log(line));
    },
  };
  const save = async <S extends Schema>(path: string, table: Table<S>) => {
    // A table without rows would pass for what the model had to say.
    if (outcomes.length > 0 && outcomes.every(({ kind }) => UNANSWERED.has(kind))) {
      const reason = report?.lastFailure ?? outcomes.at(-1)!.reason;
      throw new KitError(`Cannot write ${path}: none of ${outcomes.length} requests was answered; the last: ${reason}`);
    }
    await writeTable(path, table, { overwrite });
    console.log(`${table.length.toLocaleString("en")} rows in ${path}`);
  };
  if (recipe.writes === "judgments") {
    const judged = await judge(mined!, collection, judgeOptions(options));
    if (outcomes.length === 0) {
      throw new ArgumentError(
        `Cannot judge: --mined holds no kept candidate for the queries of split "${settings.split}"`,
      );
    }
    await save(output, judged);
    tellOutcomes(recipe, outcomes);
    return tellJudged(mined!, judged, collection, settings);
  }
  if (recipe.writes === "queries") {
    const { queries, qrels } = await generateQueries(collection, queryOptions(options));
    await save(output, queries);
    await save(second, qrels);
    tellOutcomes(recipe, outcomes);
    return 0;
  }
  const table = await generate(collection, options);
  await save(output, table);
  const { recipe: id, requests, outcomes: ends, kept, dropped, relabeled, reasons } = generationSummary(table)!;
  console.log(`${id}: ${requests} requests: ${list(ends)}`);
  console.log(`${kept} kept, ${relabeled} relabeled, ${dropped} dropped${dropped ? ` (${list(reasons)})` : ""}`);
  return 0;
}

/** What the judge takes of the command's settings. */
export function judgeOptions(settings: GenerateOptions): JudgeOptions {
  const rest = without(settings, "positives", "count", "seed", "mined", "pools", "replay", "reach");
  return { ...rest, recipe: settings.recipe as ModelRecipe };
}

/** What writing queries takes of the command's settings. */
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

function tellOutcomes(recipe: Recipe, outcomes: readonly Outcome[]): void {
  console.log(
    `${summarize(recipe, outcomes).recipe}: ${outcomes.length} requests: ${
      list(tally(outcomes.map(({ kind }) => kind)))
    }`,
  );
}

/** What the judge said of the rows that it was shown; exit code 1 if it spoke of none. */
function tellJudged(
  mined: Table<typeof NEGATIVES>,
  judged: Table<typeof NEGATIVES>,
  collection: Collection,
  { split, limit }: GenerateOptions,
): number {
  const asked = new Set(promptInputs(collection, { split, limit }).map(({ queryId }) => queryId));
  const [before, verdicts] = [mined.column("verdict"), [...judged.column("verdict")]];
  const [queries, reasons] = [judged.column("query_id"), judged.column("reason")];
  // Rows that an earlier run judged keep its reason; they are none of this run's.
  const said = (row: number, word: string) =>
    before.at(row) === "kept" && asked.has(queries.at(row)) && reasons.at(row)?.startsWith(word) === true;
  const rows = [...verdicts.keys()];
  const read = rows.filter((row) => said(row, "judge: "));
  const unread = rows.filter((row) => said(row, "not judged: ")).length;
  const words = VERDICTS.map((word) => `${read.filter((row) => verdicts[row] === word).length} ${word}`);
  console.log(`${read.length} candidates judged: ${words.join(", ")}; ${unread} not judged`);
  if (read.length === 0) {
    console.error("generate: nothing was judged; the reasons stand in the table");
    return 1;
  }
  showAgreement(judged, read, collection);
  return 0;
}

/** The judge beside the complete judgements, where the collection has them. */
function showAgreement(judged: Table<typeof NEGATIVES>, rows: readonly number[], collection: Collection): void {
  if (!Object.hasOwn(collection.qrels, "complete")) return;
  const known = knownVerdicts(judged, collection.qrels.complete);
  const verdicts = judged.column("verdict");
  const pairs = rows.filter((row) => known[row] !== null).map((row) => [known[row]!, verdicts.at(row)] as const);
  if (pairs.length === 0) return;
  const { labels, confusion, count, agreement: share, kappa } = agreement(
    pairs.map(([known]) => known),
    pairs.map(([, verdict]) => verdict),
    VERDICTS,
  );
  console.log(`against ${count} complete judgements: agreement ${share.toFixed(3)}, kappa ${kappa.toFixed(3)}`);
  console.log(`known \\ judge   ${labels.map((label) => label.padStart(11)).join("")}`);
  for (const [i, label] of labels.entries()) {
    console.log(`${label.padEnd(15)}${confusion[i].map((cell) => String(cell).padStart(11)).join("")}`);
  }
}
