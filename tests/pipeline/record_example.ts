/**
 * Makes the pipeline's example anew: documents of facets' passages, and the replies that the pipeline asks for.
 *
 *     deno run --allow-read --allow-write --allow-env --allow-sys --allow-ffi=./node_modules --allow-net=127.0.0.1 \
 *       tests/pipeline/record_example.ts
 *
 * Run it after a change of the recipes query, judge or syneg, of the chunker, or of the pipeline's draws.
 */
import { join } from "node:path";
import { exportLedger, loadCollection, openLedger } from "../../mod.ts";
import { runPipeline } from "../../lib/pipeline/mod.ts";
import { serve } from "../generators/server.ts";
import { facetsModel } from "./facets_model.ts";

const FOLDER = join(import.meta.dirname!, "..", "..", "data", "documents");
const REPLIES = join(FOLDER, "..", "replies", "documents.jsonl");
/** Topics of facets that become documents. */
const TOPICS = 24;

const { corpus } = await loadCollection("facets");
const topics = new Map<string, { title: string; text: string }[]>();
for (const { title, text, metadata } of corpus.rows()) {
  const { topic } = JSON.parse(metadata!);
  topics.set(topic, [...topics.get(topic) ?? [], { title, text }]);
}
await Deno.mkdir(FOLDER, { recursive: true });
for (const topic of [...topics.keys()].sort().slice(0, TOPICS)) {
  const name = topic.replaceAll("-", " ");
  const sections = topics.get(topic)!.map(({ title, text }) => `## ${title}\n\n${text}`);
  const document = [`# ${name[0].toUpperCase()}${name.slice(1)}`, ...sections].join("\n\n");
  await Deno.writeTextFile(join(FOLDER, `${topic}.md`), `${document}\n`);
}
const out = await Deno.makeTempDir();
{
  await using server = serve({ content: await facetsModel() });
  const settings = { documents: FOLDER, model: "facets" };
  const { verdict } = await runPipeline(settings, {
    ...{ out, baseURL: server.baseURL, concurrency: 1, tell: console.log },
  });
  console.log(verdict.text, server.came);
}
using ledger = openLedger(join(out, "ledger.sqlite"));
console.log(await exportLedger(ledger, REPLIES, { overwrite: true }));
await Deno.remove(out, { recursive: true });
