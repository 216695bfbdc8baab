import assert from "node:assert/strict";
import { join } from "node:path";
import * as kit from "../../mod.ts";
import { tinyWorld } from "../training/world.ts";
import { copyOf } from "./fixtures.ts";

const { collection, negatives } = tinyWorld(12, 7);

/** A tiny encoder without a Normalize module, whose folder names a similarity (or none). */
async function without(kind: "bert" | "static", similarity: string | null | undefined): Promise<string> {
  const folder = await copyOf(kind);
  const modules = JSON.parse(await Deno.readTextFile(join(folder, "modules.json"))) as { type: string }[];
  const kept = modules.filter(({ type }) => !type.endsWith("Normalize"));
  await Deno.writeTextFile(join(folder, "modules.json"), JSON.stringify(kept));
  const file = join(folder, "config_sentence_transformers.json");
  const config = JSON.parse(await Deno.readTextFile(file).catch(() => "{}"));
  const { similarity_fn_name: _, ...rest } = config;
  const named = similarity === undefined ? rest : { ...rest, similarity_fn_name: similarity };
  await Deno.writeTextFile(file, JSON.stringify(named));
  return folder;
}

/** Every query's documents by similarity, written out plainly, best first. */
async function plain(encoder: kit.Encoder, similarity: "cosine" | "dot"): Promise<Map<string, [string, number][]>> {
  const texts = [...collection.corpus.rows()].map(({ title, text }) => title ? `${title} ${text}` : text);
  const ids = [...collection.corpus.column("id")];
  const rows = ({ data, dimension }: kit.Vectors) =>
    Array.from({ length: data.length / dimension }, (_, i) => {
      const row = [...data.subarray(i * dimension, (i + 1) * dimension)];
      return similarity === "dot" ? row : row.map((x) => x / Math.hypot(...row));
    });
  const documents = rows(await encoder.encode(texts, { kind: "document" }));
  const queries = rows(await encoder.encode(collection.queries.column("text"), { kind: "query" }));
  return new Map([...collection.queries.column("id")].map((id, q) => {
    const scored = ids.map((doc, d): [string, number] => [
      doc,
      queries[q].reduce((sum, x, i) => sum + x * documents[d][i], 0),
    ]);
    return [id, scored.sort((a, b) => b[1] - a[1])];
  }));
}

for (const kind of ["bert", "static"] as const) {
  for (const named of ["cosine", "dot", null, undefined] as const) {
    const wanted = named ?? "cosine";
    Deno.test(`${kind} without Normalize, similarity ${named}: ranks, mines, scores, draws and trains by ${wanted}`, async () => {
      const folder = await without(kind, named);
      try {
        const encoder = await kit.loadEncoder(folder);
        assert.equal(encoder.similarity, wanted);
        const scores = await plain(encoder, wanted);
        const other = await plain(encoder, wanted === "dot" ? "cosine" : "dot");
        assert.notDeepEqual([...scores.values()].map(([first]) => first), [...other.values()].map(([first]) => first));
        const score = (query: string, doc: string) => scores.get(query)!.find(([id]) => id === doc)![1];
        const close = (found: number, query: string, doc: string) =>
          assert.ok(
            Math.abs(found - score(query, doc)) < 1e-4 * Math.max(1, Math.abs(found)),
            `${query} ${doc}: ${found}`,
          );

        const { run } = await kit.evaluateEncoder(encoder, collection, { split: "train", depth: 5 });
        for (const { query_id, doc_id, score } of run.rows()) close(score, query_id, doc_id);
        assert.equal(run.row(0).doc_id, scores.get(run.row(0).query_id)![0][0]);
        const mined = await kit.mine(collection, { source: "dense", encoder, depth: 4, nearDuplicateThreshold: false });
        for (const { query_id, doc_id, score } of mined.rows()) close(score!, query_id, doc_id!);
        const rescored = await kit.rescore(negatives, collection, encoder);
        for (const { query_id, doc_id, score } of rescored.rows()) if (doc_id !== null) close(score!, query_id, doc_id);
        const table = await kit.similarities(encoder, collection, mined);
        const kept = [...mined.rows()].filter(({ verdict }) => verdict === "kept");
        [...table.rows()].forEach((row, i) => close(row.similarity, row.query_id, kept[i].doc_id!));
        const label = wanted === "dot" ? /inner product with the query/ : /cosine similarity to the query/;
        assert.match(JSON.stringify(kit.plots.similarities(table).spec), label);

        const options = {
          collection,
          negatives,
          steps: 1,
          batchSize: 12,
          loss: kit.losses.infoNCE({ temperature: 1 }),
        };
        for await (const event of kit.train(encoder, { ...options, learningRate: 1e-9, positives: 9 })) {
          if (event.type !== "step") continue;
          const pairs = [...collection.qrels.train.rows()].map(({ query_id, doc_id }) => score(query_id, doc_id));
          const mean = pairs.reduce((a, b) => a + b) / pairs.length;
          const found = event.positiveSimilarity;
          assert.ok(Math.abs(found - mean) < 1e-3 * Math.max(1, Math.abs(mean)), `trains on ${found}, not ${mean}`);
        }
        await encoder.save(join(folder, "saved"));
        const saved = JSON.parse(await Deno.readTextFile(join(folder, "saved", "config_sentence_transformers.json")));
        assert.equal(saved.similarity_fn_name, wanted);
        assert.equal((await kit.loadEncoder(join(folder, "saved"))).similarity, wanted);
        await encoder.dispose();
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    });
  }
}

Deno.test("unsupported similarities are refused by name", async () => {
  for (
    const [name, message] of [
      ["euclidean", /Cannot rank by euclidean similarity; supported: cosine, dot .*config_sentence_transformers\.json/],
      ["manhattan", /Cannot rank by manhattan similarity/],
      ["cosin", /Unknown similarity "cosin"; supported: cosine, dot/],
    ] as const
  ) {
    const folder = await without("static", name);
    await assert.rejects(kit.loadEncoder(folder), message);
    await Deno.remove(folder, { recursive: true });
  }
});
