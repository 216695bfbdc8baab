import { join } from "node:path";
import { loadCollection } from "../../lib/collections/load_collection.ts";
import { openLedger } from "../../lib/generators/ledger/mod.ts";
import { exportLedger, importLedger } from "../../lib/generators/ledger/ledger_jsonl.ts";
import { modelRecipe } from "../../lib/generators/recipes/registry.ts";
import { readRecordings } from "../../lib/generators/recordings.ts";
import { importRecordings } from "../../lib/generators/replay.ts";
import { promptInputs } from "../../lib/generators/prompt_inputs.ts";
import { fuzz, mutated, mutatedJson } from "../support/fuzz.ts";

const DATA = join(import.meta.dirname!, "..", "..", "data", "facets");

Deno.test("fuzz recordings, exports of ledgers, and ledgers", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const facets = await loadCollection("facets");
    const list = promptInputs(facets, { split: "train" });
    const recorded = (await Deno.readTextFile(join(DATA, "replies.jsonl"))).split("\n").slice(0, 4).join("\n");
    const recordings = join(folder, "replies.jsonl");
    await fuzz("recordings", new TextEncoder().encode(recorded), async (bytes) => {
      await Deno.writeFile(recordings, bytes);
      using ledger = openLedger(":memory:");
      importRecordings(ledger, list, await readRecordings(recordings), modelRecipe);
      ledger.totals();
    }, { rounds: 400, mutate: mutatedJson });

    await Deno.writeTextFile(recordings, recorded);
    const path = join(folder, "ledger.sqlite");
    const exported = join(folder, "ledger.jsonl");
    {
      using ledger = openLedger(path);
      importRecordings(ledger, list, await readRecordings(recordings), modelRecipe);
      await exportLedger(ledger, exported);
    }
    await fuzz("ledger export", await Deno.readFile(exported), async (bytes) => {
      await Deno.writeFile(exported, bytes);
      using ledger = openLedger(":memory:");
      await importLedger(ledger, exported);
      ledger.totals();
    }, { rounds: 400, mutate: mutatedJson });

    const damaged = join(folder, "damaged.sqlite");
    await fuzz("ledger", await Deno.readFile(path), async (bytes) => {
      for (const end of ["", "-wal", "-shm"]) await Deno.remove(damaged + end).catch(() => {});
      await Deno.writeFile(damaged, bytes);
      using ledger = openLedger(damaged);
      ledger.totals();
      for (const row of ledger.rows()) ledger.replies(row.key);
    }, { rounds: 150, mutate: mutated });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
