import { count, counted } from "../core/format_numbers.ts";
import { readQrels } from "../collections/mod.ts";
import { ArgumentError } from "../core/errors.ts";
import { printable } from "../core/printable.ts";
import { compare, type Comparison, evaluate, measure, MEASURES, trecReport } from "../evaluation/mod.ts";
import { writeTable } from "../files/mod.ts";
import { readRun } from "../trec/mod.ts";
import { command } from "./arguments.ts";
import { main } from "./run_command.ts";

const DEFAULT_MEASURES = ["nDCG", "nDCG@10", "MAP", "MRR", "P@10", "Recall@100", "Success@1"];

/** `deno task evaluate`: scores a run as trec_eval does, and compares it with another. */
export const evaluateCommand = command({
  name: "evaluate",
  about: "Score a run against judgments with trec_eval's definitions and digits",
  positionals: [
    { name: "run", about: "run in TREC format or as .arrow" },
    { name: "qrels", about: "judgments: TREC, BEIR's .tsv, .csv, .jsonl, .parquet or .arrow" },
  ],
  options: {
    measure: {
      type: "list",
      about: `${MEASURES.names.join(", ")}, with @k and (rel=n), such as P(rel=2)@5, or trec_eval's name; repeatable ` +
        `[default: ${DEFAULT_MEASURES.join(", ")}]`,
      placeholder: "name",
    },
    level: { type: "integer", about: "lowest relevant grade, for measures without (rel=…)", default: 1 },
    complete: { type: "flag", about: "count judged queries missing from the run as 0 (trec_eval -c); the default" },
    retrieved: { type: "flag", about: "leave out judged queries missing from the run (trec_eval without -c)" },
    "per-query": { type: "flag", about: "print a line per query, too (trec_eval -q)" },
    against: { type: "text", about: "second run: compare the first with it on every measure", placeholder: "run" },
    margin: { type: "number", about: "equivalence margin of --against (TOST) [default: no such test]" },
    seed: { type: "integer", about: "seed of the resampling of --against", default: 0 },
    out: {
      type: "text",
      about: "write the scores by query and measure to this .arrow file",
      placeholder: "file",
      formerly: "output",
    },
  },
  examples: [
    "evaluate bm25.run data/facets/qrels/test.tsv",
    "evaluate bm25.run data/facets/qrels/test.tsv --measure MRR@10 --per-query",
    "evaluate dense.run data/facets/qrels/test.tsv --against bm25.run --margin 0.02",
  ],
  async run({ positionals: [runPath, qrelsPath], options, signal }) {
    const { against, level, margin, out, "per-query": perQuery, seed } = options;
    const names = options.measure.length > 0 ? options.measure : DEFAULT_MEASURES;
    const measures = names.map((name) => measure(name, { level }));
    if (margin !== undefined && against === undefined) throw new ArgumentError("--margin needs --against");
    if (options.complete && options.retrieved) {
      throw new ArgumentError("--complete and --retrieved exclude each other");
    }
    const complete = !options.retrieved;
    const run = await readRun(runPath, { signal });
    const qrels = await readQrels(qrelsPath, { signal });
    const scores = evaluate(run, qrels, measures, { complete });
    reportUnmatched(new Set(run.column("query_id")), new Set(qrels.column("query_id")), complete);
    if (out !== undefined) await writeTable(out, scores);
    console.log(printable(trecReport(scores, { perQuery, level, run, qrels })));
    if (against === undefined) return;
    const others = evaluate(await readRun(against, { signal }), qrels, measures, { complete });
    for (const { name } of measures) {
      console.log(`\n${describe(name, compare(scores, others, { measure: name, margin, seed }))}`);
    }
  },
});

/** Reports queries that occur in only one of run and judgments, so that the mean's basis is clear. */
function reportUnmatched(inRun: Set<string>, judged: Set<string>, complete: boolean): void {
  const unjudged = inRun.difference(judged).size;
  const missing = judged.difference(inRun).size;
  if (unjudged > 0) console.error(`${counted(unjudged, "query", "queries")} of the run without judgments left out`);
  if (missing > 0) {
    const treated = complete ? "counted as 0 (--retrieved leaves them out)" : "left out";
    console.error(`${counted(missing, "judged query", "judged queries")} missing from the run: ${treated}`);
  }
}

/** A comparison in words. */
function describe(name: string, found: Comparison): string {
  const signed = (value: number) => (value < 0 ? "" : "+") + value.toFixed(4);
  const [low, high] = found.interval.map(signed);
  const { wins, ties, losses, queries } = found;
  const lines = [
    `${name}: difference ${signed(found.difference)}, 95 % interval ${low} to ${high}`,
    `  randomization test p = ${found.p.toPrecision(3)}; ` +
    `better on ${count(wins)}, equal on ${count(ties)}, worse on ${count(losses)} of ${
      counted(queries, "query", "queries")
    }`,
    `  smallest difference detectable with 80 % power: ${found.detectable.toFixed(4)}`,
  ];
  if (found.equivalence) {
    const { margin, p, equivalent } = found.equivalence;
    lines.push(`  equivalent within ${margin}: ${equivalent ? "shown" : "not shown"} (TOST p ${probability(p)})`);
  }
  return lines.join("\n");
}

function probability(p: number): string {
  return p < 0.0001 ? "< 0.0001" : `= ${p.toPrecision(2)}`;
}

if (import.meta.main) await main(evaluateCommand);
