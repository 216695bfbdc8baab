import { textTable } from "../core/text_table.ts";
import { ArgumentError } from "../core/errors.ts";
import { exists } from "../core/files.ts";
import { suggestion } from "../core/nearest.ts";
import { loadCollection } from "../collections/load_collection.ts";
import {
  checkLedgerPath,
  DEFAULT_LEDGER,
  exportLedger,
  importRecordings,
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

/** `deno task ledger`: what was asked, answered and paid. */
export const ledgerCommand = command({
  name: "ledger",
  about: "Replies of language models on record: totals, list, export and import as JSON lines",
  positionals: [
    { name: "action?", about: "totals (by recipe and model), list, export, import" },
    { name: "file?", about: "JSONL file to export to or import from" },
  ],
  options: {
    ledger: { type: "text", about: "the ledger [default: data/runs/ledger.sqlite]" },
    limit: { type: "integer", about: "rows to list", default: 20 },
    overwrite: { type: "flag", about: "replace the file of an export" },
    collection: { type: "text", about: "import recorded replies (replies.jsonl) to this collection's queries" },
    split: { type: "text", about: "split of those queries", default: "train" },
  },
  examples: [
    "ledger",
    "ledger list --limit 5",
    "ledger export replies.jsonl",
    "ledger import data/facets/replies.jsonl --collection facets",
  ],
  async run({ positionals: [action = "totals", file], options }) {
    if (!ACTIONS.includes(action)) {
      throw new ArgumentError(`Unknown action "${action}": ${suggestion(action, ACTIONS)}`);
    }
    const path = options.ledger ?? DEFAULT_LEDGER;
    if (file === undefined && (action === "import" || action === "export")) {
      throw new ArgumentError(`Cannot ${action}: name a file`);
    }
    if (action === "import") return console.log(await imported(path, file, options));
    checkLedgerPath(path);
    if (!await exists(path)) return console.log(`nothing on record: there is no ${path}`);
    using ledger = openLedger(path);
    if (action === "export") {
      const rows = await exportLedger(ledger, file, { overwrite: options.overwrite });
      return console.log(`${rows} replies in ${file}`);
    }
    if (action === "totals") {
      const totals = ledger.totals();
      const head = ["recipe", "model", "requests", "replies", "prompt", "completion", "cost", "failures"];
      const rows = totals.map((row) => [
        row.recipe,
        row.model,
        ...[row.requests, row.replies, row.prompt_tokens, row.completion_tokens].map(String),
        row.cost === null ? "-" : row.cost.toFixed(4),
        String(row.failures),
      ]);
      console.log(textTable(head, rows, { align: "" }));
      for (const { status, count, message } of ledger.failures()) {
        console.log(`${count} failed attempts, ${status ?? "no answer"}: ${message.slice(0, 100)}`);
      }
      return;
    }
    const rows: string[][] = [];
    for (const row of ledger.rows()) {
      if (rows.length >= options.limit) break;
      const tokens = row.completion_tokens === null ? "-" : String(row.completion_tokens);
      const text = row.reply.replace(/\s+/g, " ").slice(0, 60);
      const attempt = String(row.attempt);
      rows.push([
        row.key.slice(0, 12),
        attempt,
        row.recipe,
        row.model,
        row.query_id,
        row.finish_reason ?? "-",
        tokens,
        text,
      ]);
    }
    console.log(
      textTable(["key", "try", "recipe", "model", "query", "finish", "tokens", "reply"], rows, { align: "" }),
    );
  },
});

/** Takes a file in and tells what came of it; the ledger is opened, and perhaps made, once the file has been read. */
async function imported(
  path: string,
  file: string,
  { collection, split }: { collection?: string; split: string },
): Promise<string> {
  if (collection === undefined) {
    const rows = await readLedgerRows(file);
    using ledger = openLedger(path);
    const { stored, known, differs } = offerAll(ledger, rows);
    return `${stored} stored, ${known} known, ${differs} differ and were left`;
  }
  const recordings = await readRecordings(file);
  const list = promptInputs(await loadCollection(collection), { split });
  using ledger = openLedger(path);
  const { stored, known, differs, unmatched } = importRecordings(ledger, list, recordings, modelRecipe);
  return `${stored} stored, ${known} known, ${differs} differ and were left, ${unmatched} unmatched`;
}

if (import.meta.main) await main(ledgerCommand);
