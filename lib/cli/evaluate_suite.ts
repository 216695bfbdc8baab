import { KitError } from "../core/errors.ts";
import { printable } from "../core/printable.ts";
import { progress } from "../core/progress.ts";
import { textTable } from "../core/text_table.ts";
import { loadEncoder } from "../encoders/mod.ts";
import {
  compareSuites,
  evaluateSuite,
  loadSuite,
  measure,
  type SuiteResult,
  SUITES,
  summarize,
} from "../evaluation/mod.ts";
import { command } from "./arguments.ts";
import { main } from "./run_command.ts";
import { PROMPT_OPTIONS, promptsOf } from "./shared_options.ts";

/** `deno task evaluate-suite`: measures an encoder on several collections, and compares it with another. */
export const evaluateSuiteCommand = command({
  name: "evaluate-suite",
  about: "Measure an encoder on every collection of a suite, and compare it with another; finished ones are kept",
  positionals: [{ name: "encoder", about: "built-in, a folder, hf:owner/name@revision, or bm25" }],
  options: {
    suite: {
      type: "text",
      about: `${SUITES.names.join(", ")}, or a .json file {"collections": ["beir/scifact", "my/folder"]}`,
      placeholder: "name",
      default: "nano-beir",
    },
    against: { type: "text", about: "second encoder: compare by collection and over all", placeholder: "name" },
    measure: {
      type: "list",
      about: "measure; repeatable, the first decides --against [default: nDCG@10]",
      placeholder: "name",
    },
    ...PROMPT_OPTIONS,
    seed: { type: "integer", about: "seed of the resampling", default: 0 },
    cache: { type: "text", about: "folder for downloads [default: data/cache]", placeholder: "folder" },
    out: {
      type: "text",
      about: "folder of the scores; a second call continues from there",
      placeholder: "folder",
      default: "data/runs/suites",
    },
  },
  examples: [
    "evaluate-suite built-in",
    "evaluate-suite data/runs/tuned --against built-in --suite beir",
    "evaluate-suite bm25 --suite languages.json",
  ],
  async run({ positionals: [name], options, signal }) {
    const suite = await loadSuite(options.suite);
    const measures = (options.measure.length > 0 ? options.measure : ["nDCG@10"]).map((one) => measure(one).name);
    const { seed } = options;
    const results: SuiteResult[][] = [];
    for (const encoder of [name, ...options.against === undefined ? [] : [options.against]]) {
      const found = await measured(encoder, { ...options, suite, measures, signal });
      results.push(found);
      console.log(
        printable(`${results.length > 1 ? "\n" : ""}${encoder} on ${suite.name}\n${table(found, measures, seed)}`),
      );
    }
    if (results.length > 1) console.log(printable(`\n${comparison(results, measures[0], seed)}`));
    return results.flat().some(({ error }) => error) ? 1 : 0;
  },
});

interface Work {
  readonly suite: Parameters<typeof evaluateSuite>[1];
  readonly measures: readonly string[];
  readonly out: string;
  readonly cache: string | undefined;
  readonly "query-prompt": string | undefined;
  readonly "document-prompt": string | undefined;
  readonly signal: AbortSignal;
}

async function measured(name: string, work: Work): Promise<SuiteResult[]> {
  const { suite, measures, out, cache, signal } = work;
  const encoder = name === "bm25" ? name : await loadEncoder(name, promptsOf(work));
  const report = progress({ label: `measuring ${name}`, total: suite.collections.length, unit: "collections" });
  const results: SuiteResult[] = [];
  try {
    for await (const result of evaluateSuite(encoder, suite, { folder: out, measures, cache, signal })) {
      results.push(result);
      report.update(results.length, result.name);
      if (result.error) console.error(printable(`${result.name}: ${result.error.message}`));
    }
  } finally {
    if (encoder !== "bm25") await encoder.dispose();
  }
  report.finish();
  const resumed = results.filter((result) => result.resumed).length;
  if (resumed > 0) console.error(`${resumed} of ${results.length} collections were measured before`);
  return results;
}

/** Means with intervals by collection, and the mean over collections. */
function table(results: readonly SuiteResult[], measures: readonly string[], seed: number): string {
  const sums = measures.map(() => 0);
  const rows = results.map(({ name, scores, collection }) => {
    if (!scores || !collection) return [name, "", "", ...measures.map(() => "not measured")];
    const cells = measures.map((one, i) => {
      const { mean, interval } = summarize(scores, { measure: one, seed });
      sums[i] += mean;
      return `${mean.toFixed(4)} [${interval.map((end) => end.toFixed(4)).join(", ")}]`;
    });
    return [name, collection.documents, collection.queries, ...cells];
  });
  const done = results.filter(({ scores }) => scores);
  if (done.length === 0) throw new KitError("Cannot measure: no collection of the suite could be measured");
  const queries = done.reduce((sum, { collection }) => sum + collection!.queries, 0);
  rows.push([`mean of ${done.length}`, "", queries, ...sums.map((sum) => (sum / done.length).toFixed(4))]);
  return textTable(["collection", "documents", "queries", ...measures.map((one) => `${one} [95 % interval]`)], rows, {
    align: `lrr${"l".repeat(measures.length)}`,
  });
}

function comparison([a, b]: readonly SuiteResult[][], name: string, seed: number): string {
  const { collections, overall, left } = compareSuites(a, b, { measure: name, seed });
  const signed = (value: number) => (value < 0 ? "" : "+") + value.toFixed(4);
  const range = (interval: readonly number[]) => `[${interval.map(signed).join(", ")}]`;
  const rows = collections.map((one) => [
    ...[one.name, signed(one.difference), range(one.interval), one.p.toPrecision(2), one.adjusted.toPrecision(2)],
    `${one.wins}/${one.ties}/${one.losses}`,
  ]);
  rows.push(["all", signed(overall.difference), range(overall.interval), overall.p.toPrecision(2), "", ""]);
  const head = ["collection", `${name}, first - second`, "95 % interval", "p", "p (Holm)", "better/equal/worse"];
  return [
    textTable(head, rows, { align: "lrlrrr" }),
    ...left.length > 0 ? [`Not compared, because one of the two has no scores: ${left.join(", ")}`] : [],
  ].join("\n");
}

if (import.meta.main) await main(evaluateSuiteCommand);
