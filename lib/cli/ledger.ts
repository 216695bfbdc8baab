import { loadCollection } from "../collections/mod.ts";
import { ArgumentError } from "../core/errors.ts";
import { exists } from "../core/files.ts";
import { suggestion } from "../core/nearest.ts";
import { textTable } from "../core/text_table.ts";
import {
  checkLedgerPath,
  DEFAULT_LEDGER,
  exportLedger,
  importRecordings,
  type Ledger,
  modelRecipe,
  offerAll,
  openLedger,
  promptInputs,
  readLedgerRows,
  readRecordings,
} from "../generators/mod.ts";
import { command } from "./arguments.ts";
import { main } from "./run_command.ts";

const ACTIONS = ["totals", "list", "export", "import"];

/** `deno task ledger`: requests to language models, their replies and costs. */
export const ledgerCommand = command({
  name: "ledger",
  about: "Recorded replies of language models: totals, list, export and import as JSON lines",
  positionals: [
    { name: "action?", about: "totals (by recipe and model; the default), list, export, import" },
    { name: "file?", about: "JSONL file to import" },
  ],
  options: {
    ledger: { type: "text", about: `the ledger [default: data/runs/ledger.sqlite]`, placeholder: "file" },
    limit: { type: "integer", about: "rows to list", default: 20 },
    out: { type: "text", about: "JSONL file to export to", placeholder: "file" },
    overwrite: { type: "flag", about: "replace an existing export" },
    collection: {
      type: "text",
      about: "import recorded replies (replies.jsonl) for this collection's queries",
      placeholder: "name",
    },
    split: { type: "text", about: "split of those queries", default: "train" },
  },
  examples: [
    "ledger",
    "ledger list --limit 5",
    "ledger export --out replies.jsonl",
    "ledger import data/facets/replies.jsonl --collection facets",
  ],
  async run({ positionals: [action = "totals", file], options }) {
    if (!ACTIONS.includes(action)) {
      throw new ArgumentError(`Unknown action "${action}": ${suggestion(action, ACTIONS)}`);
    }
    const path = options.ledger ?? DEFAULT_LEDGER;
    if (action === "import") {
      if (file === undefined) throw new ArgumentError("ledger import needs a file");
      return console.log(await imported(path, file, options));
    }
    const out = options.out ?? file;
    if (action === "export" && out === undefined) throw new ArgumentError("ledger export needs --out <file>");
    checkLedgerPath(path);
    if (!await exists(path)) return console.log(`No replies recorded: ${path} does not exist`);
    using ledger = openLedger(path);
    if (action === "export") {
      if (options.out === undefined) console.error("ledger: the file of an export is now --out <file>");
      const rows = await exportLedger(ledger, out, { overwrite: options.overwrite });
      return console.log(`Wrote ${rows} replies to ${out}`);
    }
    if (action === "list") return console.log(listed(ledger, options.limit));
    console.log(totals(ledger));
    for (const { status, count, message } of ledger.failures()) {
      console.log(`${count} failed attempts, ${status ?? "no answer"}: ${message.slice(0, 100)}`);
    }
  },
});

function totals(ledger: Ledger): string {
  const head = ["recipe", "model", "requests", "replies", "prompt", "completion", "cost", "failures"];
  const rows = ledger.totals().map((row) => [
    ...[row.recipe, row.model, row.requests, row.replies, row.prompt_tokens, row.completion_tokens],
    ...[row.cost === null ? "-" : row.cost.toFixed(4), row.failures],
  ]);
  return textTable(head, rows);
}

function listed(ledger: Ledger, limit: number): string {
  const rows: (string | number)[][] = [];
  for (const row of ledger.rows()) {
    if (rows.length >= limit) break;
    rows.push([
      ...[row.key.slice(0, 12), row.attempt, row.recipe, row.model, row.query_id, row.finish_reason ?? "-"],
      ...[row.completion_tokens ?? "-", row.reply.replace(/\s+/g, " ").slice(0, 60)],
    ]);
  }
  return textTable(["key", "try", "recipe", "model", "query", "finish", "tokens", "reply"], rows);
}

/** Imports a file and returns the counts. The ledger is opened, and created if missing, after the file is read. */
async function imported(
  path: string,
  file: string,
  { collection, split }: { collection?: string; split: string },
): Promise<string> {
  if (collection === undefined) {
    const rows = await readLedgerRows(file);
    using ledger = openLedger(path);
    const { stored, known, differs } = offerAll(ledger, rows);
    return `${stored} stored, ${known} known, ${differs} differ and were not replaced`;
  }
  const recordings = await readRecordings(file);
  const list = promptInputs(await loadCollection(collection), { split });
  using ledger = openLedger(path);
  const { stored, known, differs, unmatched } = importRecordings(ledger, list, recordings, modelRecipe);
  return `${stored} stored, ${known} known, ${differs} differ and were not replaced, ${unmatched} unmatched`;
}

if (import.meta.main) await main(ledgerCommand);
