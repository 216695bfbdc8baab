import { ArgumentError, KitError } from "../core/errors.ts";
import { exists } from "../core/files.ts";
import { printable } from "../core/printable.ts";
import { progress } from "../core/progress.ts";
import { writeTable } from "../files/arrow/ipc.ts";
import { loadCollection, ownDocuments, passageText } from "../collections/mod.ts";
import { QUERIES, rowsById, type RUN, selectRows, type Table, tableOf } from "../tables/mod.ts";
import { writeRun } from "../trec/mod.ts";
import type { Collection } from "../collections/types.ts";
import { identifier } from "../trec/trec.ts";
import { loadEncoder } from "../encoders/mod.ts";
import { encodeToCompare } from "../encoders/similarity.ts";
import { evaluate, means, qrelsOf } from "../evaluation/mod.ts";
import { bm25, denseSearch, fuse } from "../retrieval/mod.ts";
import { PROMPT_OPTIONS, promptsOf } from "./prompt_options.ts";
import { command } from "./arguments.ts";
import { main } from "./run_command.ts";
import { tellCuts } from "./tell_cuts.ts";

/** `deno task search`: asks one query, or writes the run of a split. */
export const searchCommand = command({
  name: "search",
  about: "Search a collection with BM25, an encoder, or both fused; for one query, or for all of a split",
  positionals: [{ name: "collection", about: "facets, a folder in BEIR's form, or what loadCollection takes" }],
  options: {
    query: { type: "text", about: "ask this and show what is found" },
    split: { type: "text", about: "ask all judged queries of this split and score the run", default: "test" },
    method: { type: "text", about: "how to search", choices: ["bm25", "dense", "fused"], default: "bm25" },
    encoder: {
      type: "text",
      about: "built-in, a folder or hf:owner/name@revision; for dense and fused",
      default: "built-in",
    },
    ...PROMPT_OPTIONS,
    depth: { type: "integer", about: "documents kept for a query [default: 10 with --query, else 100]" },
    k1: { type: "number", about: "BM25: how soon more occurrences stop to matter", default: 0.9 },
    b: { type: "number", about: "BM25: how much longer documents are held back", default: 0.4 },
    output: { type: "text", about: "write the run here: .arrow, else TREC's form", placeholder: "file" },
  },
  examples: [
    'search facets --query "why does bread rise"',
    "search facets --split dev --output bm25.run",
    "search facets --method fused --encoder built-in --output fused.run",
  ],
  async run({ positionals: [name], options, signal }) {
    const depth = options.depth ?? (options.query === undefined ? 100 : 10);
    if (depth < 1) throw new ArgumentError(`Option --depth must be 1 or more, found ${depth}`);
    if (options.output !== undefined && await exists(options.output)) {
      throw new KitError("Cannot write: a file of this name exists", { file: options.output });
    }
    const collection = await loadCollection(name, { signal });
    const qrels = options.query === undefined ? qrelsOf(collection, options.split) : undefined;
    const queries = options.query === undefined
      ? judgedQueries(collection, options.split)
      : tableOf(QUERIES, [{ id: "query", text: options.query }]);
    if (options.output !== undefined && !options.output.endsWith(".arrow")) {
      // Before the work: whichever of them the run will hold.
      for (const id of queries.column("id")) identifier(id, "query_id");
      for (const id of collection.corpus.column("id")) identifier(id, "doc_id");
    }
    const run = await searched(collection, queries, { ...options, depth, signal });
    if (options.output?.endsWith(".arrow")) await writeTable(options.output, run);
    else if (options.output !== undefined) await writeRun(options.output, run, { tag: options.method });
    if (qrels === undefined) return console.log(shown(collection, run));
    const scores = evaluate(run, qrels, ["nDCG@10", "MRR@10", `Recall@${depth}`], { complete: true });
    const missing = new Set(qrels.column("query_id")).size - queries.length;
    if (missing > 0) console.error(`${missing} judged queries are not in the collection and count as 0`);
    const empty = queries.length - new Set(run.column("query_id")).size;
    if (empty > 0) console.error(`${empty} queries found nothing and count as 0`);
    console.log(printable(`${queries.length} queries of ${options.split}, ${run.length} documents found`));
    for (const [measure, mean] of means(scores)) console.log(`${measure.padEnd(12)}${mean.toFixed(4)}`);
  },
});

interface SearchSettings {
  query?: string;
  split: string;
  method: string;
  encoder: string;
  depth: number;
  k1: number;
  b: number;
  "query-prompt": string | undefined;
  "document-prompt": string | undefined;
  signal: AbortSignal;
}

async function searched(
  collection: Collection,
  queries: Table<typeof QUERIES>,
  settings: SearchSettings,
): Promise<Table<typeof RUN>> {
  const { query, split, method, encoder: source, depth, k1, b, signal } = settings;
  const runs: Table<typeof RUN>[] = [];
  const { corpus } = collection;
  const excluded = ownDocuments({ corpus, queries });
  // Fusion looks deeper than what it keeps: a document may stand low in one ranking and high in the other.
  const deep = method === "fused" ? Math.max(depth, 1000) : depth;
  if (method !== "dense") {
    const telling = progress({ label: "indexing", total: corpus.length, unit: "documents" });
    const index = await bm25(corpus, { k1, b, progress: telling, signal });
    telling.finish();
    runs.push(await index.searchAll(queries, { depth: deep, excluded, signal }));
  }
  if (method !== "bm25") {
    const encoder = await loadEncoder(source, promptsOf(settings));
    try {
      tellCuts(encoder, collection, { splits: query === undefined ? [split] : [] });
      if (query !== undefined && encoder.cuts(query, "query")) {
        console.error(`Cut at ${encoder.maxLength} tokens, and not read further: the query`);
      }
      const asked = await encodeToCompare(encoder, queries.column("text"), { kind: "query", signal });
      const telling = progress({ label: "encoding", total: corpus.length, unit: "documents" });
      const documents = await encodeToCompare(encoder, passages(collection), {
        kind: "document",
        progress: telling,
        signal,
      });
      telling.finish();
      runs.push(
        await denseSearch(asked, documents, { depth: deep, excluded, ids: { queries, documents: corpus }, signal }),
      );
    } finally {
      await encoder.dispose();
    }
  }
  return runs.length > 1 ? fuse(runs, { depth }) : runs[0];
}

function judgedQueries(collection: Collection, split: string): Table<typeof QUERIES> {
  const judged = new Set(qrelsOf(collection, split).column("query_id"));
  const rows: number[] = [];
  let row = 0;
  for (const id of collection.queries.column("id")) {
    if (judged.has(id)) rows.push(row);
    row++;
  }
  return selectRows(collection.queries, rows);
}

function* passages({ corpus }: Collection): Generator<string> {
  for (const row of corpus.rows()) yield passageText(row);
}

/** What one query found: rank, score, id, title and the beginning of the text. */
function shown(collection: Collection, run: Table<typeof RUN>): string {
  if (run.length === 0) return "nothing was found";
  const rows = rowsById(collection.corpus);
  return [...run.rows()].map(({ rank, score, doc_id }) => {
    const { title, text } = collection.corpus.row(rows.get(doc_id)!);
    const [id, head, beginning] = [doc_id, title, text.slice(0, 110)].map((part) => printable(part, { line: true }));
    return `${String(rank).padStart(3)}  ${score.toFixed(3)}  ${id}  ${head}\n     ${beginning}`;
  }).join("\n");
}

if (import.meta.main) await main(searchCommand);
