import { ArgumentError } from "../core/errors.ts";
import { printable } from "../core/printable.ts";
import { writeTable } from "../files/arrow/ipc.ts";
import { readQrels } from "../collections/mod.ts";
import { readRun } from "../trec/mod.ts";
import { compare, type Comparison, evaluate, measure, trecReport } from "../evaluation/mod.ts";
import { command } from "./arguments.ts";
import { main } from "./run_command.ts";

const MEASURES = ["nDCG", "nDCG@10", "MAP", "MRR", "P@10", "Recall@100", "Success@1"];

/** `deno task evaluate`: scores a run as trec_eval does, and compares it with another. */
export const evaluateCommand = command({
  name: "evaluate",
  about: "Score a run against judgements as trec_eval does: the same definitions, the same digits",
  positionals: [
    { name: "run", about: "a run in TREC's form or as .arrow" },
    { name: "qrels", about: "judgements: TREC, BEIR's .tsv, .csv, .jsonl, .parquet or .arrow" },
  ],
  options: {
    measure: {
      type: "list",
      about: `nDCG@10, MAP, MRR@10, P(rel=2)@5, ndcg_cut_10 …; may be given several times [default: ${
        MEASURES.join(", ")
      }]`,
      placeholder: "name",
    },
    level: { type: "integer", about: "least grade that is relevant, for measures that do not say it", default: 1 },
    complete: {
      type: "flag",
      about: "judged queries that the run lacks count as 0 (trec_eval -c); so they do by default",
    },
    retrieved: { type: "flag", about: "leave out judged queries that the run lacks (trec_eval without -c)" },
    "per-query": { type: "flag", about: "a line for every query too (trec_eval -q)" },
    against: { type: "text", about: "another run: compare this one with it by every measure", placeholder: "run" },
    margin: { type: "number", about: "with --against: differences below this count as none (TOST)" },
    seed: { type: "integer", about: "with --against: seed of the resampling", default: 0 },
    output: { type: "text", about: "write the scores per query and measure here (.arrow)", placeholder: "file" },
  },
  examples: [
    "evaluate bm25.run data/facets/qrels/test.tsv",
    "evaluate bm25.run data/facets/qrels/test.tsv --measure nDCG@10 --measure MRR@10 --per-query",
    "evaluate dense.run data/facets/qrels/test.tsv --against bm25.run --margin 0.02",
  ],
  async run({ positionals: [runPath, qrelsPath], options, signal }) {
    const names = options.measure.length > 0 ? options.measure : MEASURES;
    const measures = names.map((name) => measure(name, { level: options.level }));
    if (options.margin !== undefined && options.against === undefined) {
      throw new ArgumentError("Option --margin needs --against");
    }
    if (options.complete && options.retrieved) {
      throw new ArgumentError("Options --complete and --retrieved exclude each other");
    }
    const complete = !options.retrieved;
    const run = await readRun(runPath, { signal });
    const qrels = await readQrels(qrelsPath, { signal });
    const scores = evaluate(run, qrels, measures, { complete });
    tellUnmatched(new Set(run.column("query_id")), new Set(qrels.column("query_id")), complete);
    if (options.output !== undefined) await writeTable(options.output, scores);
    const { "per-query": perQuery, level } = options;
    console.log(printable(trecReport(scores, { perQuery, level, run, qrels })));
    if (options.against !== undefined) {
      const others = evaluate(await readRun(options.against, { signal }), qrels, measures, { complete });
      for (const { name } of measures) {
        const { margin, seed } = options;
        console.log(`\n${describe(name, compare(scores, others, { measure: name, margin, seed }))}`);
      }
    }
  },
});

/** Says which queries do not count, so that a mean over few queries is not taken for one over all. */
function tellUnmatched(inRun: Set<string>, judged: Set<string>, complete: boolean): void {
  const unjudged = inRun.difference(judged).size;
  const missing = judged.difference(inRun).size;
  if (unjudged > 0) console.error(`${unjudged} queries of the run are not judged and left out`);
  if (missing > 0) {
    console.error(
      `${missing} judged queries are not in the run ${
        complete ? "and count as 0 (--retrieved leaves them out)" : "and left out"
      }`,
    );
  }
}

/** A comparison in words. */
function describe(name: string, found: Comparison): string {
  const signed = (value: number) => (value < 0 ? "" : "+") + value.toFixed(4);
  const lines = [
    `${name}: difference ${signed(found.difference)}, 95 % interval ${signed(found.interval[0])} to ${
      signed(found.interval[1])
    }`,
    `  randomisation test p = ${
      found.p.toPrecision(3)
    }; better on ${found.wins}, equal on ${found.ties}, worse on ${found.losses} of ${found.queries} queries`,
    `  a true difference of ${found.detectable.toFixed(4)} would have been seen with probability 0.8`,
  ];
  if (found.equivalence) {
    const { margin, p, equivalent } = found.equivalence;
    lines.push(`  as good as, within ${margin}: ${equivalent ? "shown" : "not shown"} (TOST p ${probability(p)})`);
  }
  return lines.join("\n");
}

function probability(p: number): string {
  return p < 0.0001 ? "< 0.0001" : `= ${p.toPrecision(2)}`;
}

if (import.meta.main) await main(evaluateCommand);
