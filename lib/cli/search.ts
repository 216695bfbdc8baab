import { counted } from "../core/format_numbers.ts";
import { type Collection, loadCollection, ownDocuments, passageText } from "../collections/mod.ts";
import { ArgumentError, KitError } from "../core/errors.ts";
import { exists } from "../core/files.ts";
import { printable } from "../core/printable.ts";
import { progress } from "../core/progress.ts";
import { encodeToCompare, loadCrossEncoder, loadEncoder } from "../encoders/mod.ts";
import { evaluate, means, qrelsOf } from "../evaluation/mod.ts";
import { writeTable } from "../files/mod.ts";
import { denseSearch, fuse, rerank } from "../retrieval/mod.ts";
import { QUERIES, rowsById, type RUN, selectRows, type Table, tableOf } from "../tables/mod.ts";
import { identifier, writeRun } from "../trec/mod.ts";
import { command } from "./arguments.ts";
import { BM25_OPTIONS, type Bm25Flags, bm25For } from "./bm25_flags.ts";
import { reportCuts } from "./report_cuts.ts";
import { main } from "./run_command.ts";
import { COLLECTION, PROMPT_OPTIONS, promptsOf } from "./shared_options.ts";

/** Documents that each ranking of a fusion holds at least: a document may rank low in one and high in the other. */
const FUSION_DEPTH = 1000;

/** Documents per query that are scored again, unless --rerank-depth says otherwise. */
const RERANK_DEPTH = 100;

/** `deno task search`: answers one query, or writes and scores the run of a split. */
export const searchCommand = command({
  name: "search",
  about: "Search a collection with BM25, an encoder, or both: one query, or a whole split",
  positionals: [COLLECTION],
  options: {
    query: { type: "text", about: "search for this text and print the results", placeholder: "text" },
    split: { type: "text", about: "search for every judged query of this split and score the run", default: "test" },
    method: { type: "text", about: "ranking", choices: ["bm25", "dense", "fused"], default: "bm25" },
    encoder: {
      type: "text",
      about: "built-in, a folder or hf:owner/name@revision; for dense and fused",
      placeholder: "name",
      default: "built-in",
    },
    ...PROMPT_OPTIONS,
    depth: { type: "integer", about: "documents per query [default: 10 with --query, else 100]" },
    rerank: {
      type: "text",
      about: "score the first documents again by this cross-encoder: a folder or hf:owner/name@revision",
      placeholder: "name",
    },
    "rerank-depth": {
      type: "integer",
      about: "documents per query to score again; no others are left [default: 100, or --depth if greater]",
    },
    ...BM25_OPTIONS,
    out: {
      type: "text",
      about: "write the run to this file: .arrow, else TREC format",
      placeholder: "file",
      formerly: "output",
    },
  },
  examples: [
    'search facets --query "why does bread rise"',
    "search facets --split dev --out bm25.run",
    "search facets --method fused --out fused.run",
    "search facets --rerank hf:cross-encoder/ms-marco-MiniLM-L6-v2",
    "search data/german --analyzer german --index data/runs/german-bm25",
  ],
  async run({ positionals: [name], options, signal }) {
    const { out, query, split } = options;
    const depth = options.depth ?? (query === undefined ? 100 : 10);
    if (depth < 1) throw new ArgumentError(`--depth must be an integer >= 1, found ${depth}`);
    if (out !== undefined && await exists(out)) {
      throw new KitError("Cannot write: a file of this name exists", { file: out });
    }
    const collection = await loadCollection(name, { signal });
    const qrels = query === undefined ? qrelsOf(collection, split) : undefined;
    const queries = query === undefined
      ? judgedQueries(collection, split)
      : tableOf(QUERIES, [{ id: "query", text: query }]);
    const trec = out !== undefined && !out.endsWith(".arrow");
    if (trec) checkIds(collection, queries);
    const { rerank: reranker, "rerank-depth": again } = options;
    if (again !== undefined && reranker === undefined) {
      throw new ArgumentError("Cannot use --rerank-depth without --rerank");
    }
    const found = reranker === undefined ? depth : again ?? Math.max(depth, RERANK_DEPTH);
    const first = await searched(collection, queries, { ...options, depth: found, signal });
    const run = reranker === undefined
      ? first
      : await reranked(reranker, first, { collection: { ...collection, queries }, found, depth, signal });
    if (trec) await writeRun(out, run, { tag: options.method });
    else if (out !== undefined) await writeTable(out, run);
    if (qrels === undefined) return console.log(results(collection, run));
    const scores = evaluate(run, qrels, ["nDCG@10", "MRR@10", `Recall@${depth}`], { complete: true });
    const missing = new Set(qrels.column("query_id")).size - queries.length;
    if (missing > 0) console.error(`${missing} judged queries are not in the collection and count as 0`);
    const empty = queries.length - new Set(run.column("query_id")).size;
    if (empty > 0) console.error(`${empty} queries found nothing and count as 0`);
    console.log(
      printable(`${counted(queries.length, "query", "queries")} of ${split}, ${counted(run.length, "document")} found`),
    );
    for (const [measure, mean] of means(scores)) console.log(`${measure.padEnd(12)}${mean.toFixed(4)}`);
  },
});

/** The first `depth` documents of each query, after the first `found` were scored again. */
async function reranked(
  name: string,
  run: Table<typeof RUN>,
  { collection, found, depth, signal }: { collection: Collection; found: number; depth: number; signal: AbortSignal },
): Promise<Table<typeof RUN>> {
  const reranker = await loadCrossEncoder(name, { signal });
  try {
    const report = progress({ label: "reranking", total: run.length, unit: "documents" });
    const result = await rerank(reranker, run, { collection, depth: found, progress: report, signal });
    report.finish();
    const ranks = result.numbers("rank");
    return selectRows(result, [...Array(result.length).keys()].filter((row) => ranks[row] <= depth));
  } finally {
    await reranker.dispose();
  }
}

/** Refuses ids that TREC format cannot hold, before the search. */
function checkIds({ corpus }: Collection, queries: Table<typeof QUERIES>): void {
  for (const id of queries.column("id")) identifier(id, "query_id");
  for (const id of corpus.column("id")) identifier(id, "doc_id");
}

interface SearchSettings extends Bm25Flags {
  query?: string;
  split: string;
  method: string;
  encoder: string;
  depth: number;
  "query-prompt": string | undefined;
  "document-prompt": string | undefined;
  signal: AbortSignal;
}

async function searched(
  collection: Collection,
  queries: Table<typeof QUERIES>,
  settings: SearchSettings,
): Promise<Table<typeof RUN>> {
  const { method, depth } = settings;
  const deep = { ...settings, depth: method === "fused" ? Math.max(depth, FUSION_DEPTH) : depth };
  const runs: Table<typeof RUN>[] = [];
  if (method !== "dense") runs.push(await bm25Run(collection, queries, deep));
  if (method !== "bm25") runs.push(await denseRun(collection, queries, deep));
  return runs.length > 1 ? fuse(runs, { depth }) : runs[0];
}

async function bm25Run(
  { corpus }: Collection,
  queries: Table<typeof QUERIES>,
  settings: SearchSettings,
): Promise<Table<typeof RUN>> {
  const { depth, signal } = settings;
  using index = await bm25For(corpus, settings);
  return await index.searchAll(queries, { depth, excluded: ownDocuments({ corpus, queries }), signal });
}

async function denseRun(
  collection: Collection,
  queries: Table<typeof QUERIES>,
  settings: SearchSettings,
): Promise<Table<typeof RUN>> {
  const { query, split, depth, signal } = settings;
  const { corpus } = collection;
  const encoder = await loadEncoder(settings.encoder, promptsOf(settings));
  try {
    reportCuts(encoder, collection, { splits: query === undefined ? [split] : [] });
    if (query !== undefined && encoder.cuts(query, "query")) {
      console.error(`The query is cut to ${encoder.maxLength} tokens`);
    }
    const vectors = await encodeToCompare(encoder, queries.column("text"), { kind: "query", signal });
    const report = progress({ label: "encoding", total: corpus.length, unit: "documents" });
    const documents = await encodeToCompare(encoder, passages(collection), {
      kind: "document",
      progress: report,
      signal,
    });
    report.finish();
    return await denseSearch(vectors, documents, {
      depth,
      excluded: ownDocuments({ corpus, queries }),
      ids: { queries, documents: corpus },
      signal,
    });
  } finally {
    await encoder.dispose();
  }
}

function judgedQueries(collection: Collection, split: string): Table<typeof QUERIES> {
  const judged = new Set(qrelsOf(collection, split).column("query_id"));
  const rows: number[] = [];
  for (const [row, id] of [...collection.queries.column("id")].entries()) if (judged.has(id)) rows.push(row);
  return selectRows(collection.queries, rows);
}

function* passages({ corpus }: Collection): Generator<string> {
  for (const row of corpus.rows()) yield passageText(row);
}

/** The results of one query: rank, score, id, title and the beginning of the text. */
function results(collection: Collection, run: Table<typeof RUN>): string {
  if (run.length === 0) return "no results";
  const rows = rowsById(collection.corpus);
  return [...run.rows()].map(({ rank, score, doc_id }) => {
    const { title, text } = collection.corpus.row(rows.get(doc_id)!);
    const [id, head, beginning] = [doc_id, title, text.slice(0, 110)].map((part) => printable(part, { line: true }));
    return `${String(rank).padStart(3)}  ${score.toFixed(3)}  ${id}  ${head}\n     ${beginning}`;
  }).join("\n");
}

if (import.meta.main) await main(searchCommand);
