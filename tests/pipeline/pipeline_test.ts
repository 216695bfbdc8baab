import assert from "node:assert/strict";
import { join } from "node:path";
import { loadCollection, loadEncoder } from "../../mod.ts";
import { captureCommand } from "../support/capture_command.ts";
import { pipelineCommand } from "../../lib/cli/pipeline.ts";
import { runPipeline } from "../../lib/pipeline/mod.ts";
import { readTable } from "../../lib/files/mod.ts";
import { NEGATIVES } from "../../lib/tables/mod.ts";
import { serve } from "../generators/server.ts";
import { facetsModel } from "./facets_model.ts";

const ROOT = join(import.meta.dirname!, "..", "..");
const DOCUMENTS = join(ROOT, "data", "documents");
const pipeline = (...args: string[]) => captureCommand(pipelineCommand, ...args);

Deno.test("the shipped example runs on recorded replies: encoder, collection, report, a verdict with an interval", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const out = join(folder, "run");
    const first = await pipeline("--out", out);
    assert.equal(first.code, 0, first.text);
    assert.match(
      first.out,
      /^VERDICT: (better|worse|no difference shown)\. nDCG@10 0\.\d{3} -> 0\.\d{3}, difference [+-]0\.\d{3}, 95 % interval \[.*\] over \d+ held-out queries, \[.*\] over their 6 documents/,
    );
    assert.match(first.out, /^No leakage found$/m);
    assert.match(await Deno.readTextFile(join(out, "report.md")), /VERDICT: [\s\S]*Requests: 474 complete/);
    const again = await pipeline("--out", out);
    assert.equal(again.out, first.out);
    assert.doesNotMatch(again.errors, /Training/);

    const { corpus, queries, qrels } = await loadCollection(join(out, "collection"));
    const splits = new Map((JSON.parse(await Deno.readTextFile(join(out, "documents.json"))).documents as {
      id: string;
      split: string;
    }[]).map(({ id, split }) => [id, split]));
    const documentOf = new Map([...corpus.rows()].map(({ id, metadata }) => [id, JSON.parse(metadata!).document]));
    assert.equal(splits.size, 24);
    assert.equal(new Set(Object.values(qrels).flatMap((table) => [...table.column("query_id")])).size, queries.length);
    // Every query's own passage, and everything that training reads, is of a document of its split.
    for (const [split, table] of Object.entries(qrels)) {
      for (const { query_id, doc_id } of table.rows()) {
        if (query_id.startsWith(`${doc_id}-q`) || split === "train") {
          assert.equal(splits.get(documentOf.get(doc_id)!), split);
        }
      }
    }
    for (const { doc_id, verdict } of (await readTable(join(out, "negatives.arrow"), NEGATIVES)).rows()) {
      if (doc_id !== null && verdict === "kept") assert.equal(splits.get(documentOf.get(doc_id)!), "train");
    }
    await (await loadEncoder(join(out, "encoder"))).dispose();

    const other = await pipeline("--out", out, "--seed", "7");
    assert.equal(other.code, 1);
    assert.match(other.errors, /Cannot resume the run: its seed is 0, found 7/);
    const strange = await pipeline("--out", folder);
    assert.match(strange.errors, /a folder that holds other files, such as run/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a dry run prices every stage and sends nothing; without a model there is an error", async () => {
  const dry = await pipeline(DOCUMENTS, "--model", "m", "--dry-run", "--price", "1,2", "--judged", "0");
  assert.equal(dry.code, 0);
  const rows = [...dry.out.matchAll(/^(queries|negatives|all, at most) +([\d,]+) +([\d,]+) +([\d,]+) +([\d.]+)$/gm)]
    .map((match) => match.slice(2).map((cell) => Number(cell.replaceAll(",", ""))));
  assert.deepEqual(rows.map(([requests]) => requests), [300, 600, 900]);
  for (const [, prompt, reply, cost] of rows) assert.ok(Math.abs(cost - (prompt + 2 * reply) / 1e6) < 1e-4);
  const folder = await Deno.makeTempDir();
  try {
    const none = await pipeline(folder);
    assert.equal(none.code, 1);
    assert.match(none.errors, /pipeline needs --model/);
    await Deno.writeTextFile(join(folder, "a.txt"), " ");
    const empty = await pipeline(folder, "--model", "m", "--out", join(folder, "run"));
    assert.match(empty.errors, /no file has text/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a spent budget stops the run by name, and the next call goes on", async () => {
  const folder = await Deno.makeTempDir();
  const answer = await facetsModel();
  await using whole = serve({ content: answer });
  await using server = serve({ content: answer });
  try {
    const settings = { documents: DOCUMENTS, model: "m", passages: 24, judged: 0, written: 0, epochs: 1 };
    await runPipeline(settings, { out: join(folder, "whole"), baseURL: whole.baseURL, concurrency: 1 });
    const options = { out: join(folder, "run"), baseURL: server.baseURL, concurrency: 1 };
    await assert.rejects(
      runPipeline(settings, { ...options, budget: { requests: 10 } }),
      /Stopped while writing queries: \d+ requests are unanswered/,
    );
    assert.equal(server.came, 10);
    const { verdict } = await runPipeline(settings, options);
    assert.equal(server.came, whole.came);
    assert.match(verdict.text, /^VERDICT/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
