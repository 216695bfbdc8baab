import assert from "node:assert/strict";
import { join } from "node:path";
import { concatenate } from "../../lib/tables/concatenate.ts";
import { NEGATIVES } from "../../lib/tables/schema.ts";
import { selectRows } from "../../lib/tables/select_rows.ts";
import { tableOf } from "../../lib/tables/table_builder.ts";
import { curriculum, direct, hybrid, uniform } from "../../lib/negatives/sampling/mod.ts";
import { refresh } from "../../lib/negatives/mod.ts";
import { checkTraining, train } from "../../lib/training/mod.ts";
import type { TrainOptions } from "../../lib/training/train_options.ts";
import { infoNCE } from "../../lib/training/losses/mod.ts";
import { all, tinyEncoder, tinyWorld } from "./world.ts";

const { collection, negatives } = tinyWorld();
const rows = [...negatives.rows()];
const only = (test: (row: typeof rows[number]) => boolean) =>
  selectRows(negatives, rows.flatMap((row, i) => test(row) ? [i] : []));
const base: TrainOptions = {
  collection,
  negatives,
  batchSize: 4,
  inBatch: false,
  loss: infoNCE({ temperature: 0.1 }),
  learningRate: 1e-3,
};
const mined = only(({ source }) => source !== "synthetic");
const bm25 = mined.length - only(({ source }) => source === "random").length;
const random = mined.length - bm25;
const dropped = tableOf(NEGATIVES, rows.map((row) => ({ ...row, verdict: "dropped", reason: "x" })));
/** Negatives for the first three queries alone. */
const few = only(({ query_id }) => ["q0", "q1", "q2"].includes(query_id));
const missing = (name: string) =>
  new RegExp(
    `^Cannot train: ${name} negatives are asked for, and the table of ${mined.length} rows has none that is kept ` +
      `\\(kept for "train": ${bm25} bm25, ${random} random\\)`,
  );

const REFUSED: Record<string, [Partial<TrainOptions>, RegExp]> = {
  "no rows": [
    { negatives: tableOf(NEGATIVES, []) },
    /none of the 20 queries of "train" has a negative \(0 rows, 0 kept\)/,
  ],
  "no row kept": [{ negatives: dropped }, new RegExp(`20 queries.*\\(${rows.length} rows, 0 kept\\)`)],
  "batches without": [
    { negatives: few },
    /off, and [2-4] of the 5 batches of epoch 1 have no negative \(17 of the 20 queries of "train" have none\)/,
  ],
  "every batch a query": [
    { negatives: few, batchSize: 1 },
    /off, and 17 of the 20 batches of epoch 1 have no negative/,
  ],
  "a mix's source": [{ negatives: mined, sampler: hybrid({ bm25: 1, synthetic: 1 }) }, missing("synthetic")],
  "a mix's source, with in-batch": [
    { negatives: mined, sampler: hybrid({ bm25: 1, synthetic: 1 }), inBatch: true },
    missing("synthetic"),
  ],
  "two of a mix": [{ negatives: mined, sampler: hybrid({ dense: 1, edit: 2 }) }, missing("dense and edit")],
  "a source by ratio": [
    { negatives: mined, sampler: hybrid({ bm25: 1, synthetic: 0.1 }, { count: 3 }) },
    missing("synthetic"),
  ],
  "a direct mix": [{ negatives: mined, sampler: direct({ bm25: 1, synthetic: 1 }) }, missing("synthetic")],
  "a sampler's sources": [{ negatives: mined, sampler: uniform({ count: 2, sources: ["dense"] }) }, missing("dense")],
  "a stage of a curriculum": [
    {
      negatives: mined,
      sampler: curriculum([{ epochs: 1, sampler: hybrid({ bm25: 1 }) }, { sampler: hybrid({ synthetic: 1 }) }]),
    },
    missing("synthetic"),
  ],
  "model without a refresh": [{ negatives: mined, sampler: hybrid({ bm25: 1, model: 1 }) }, missing("model")],
  "in-batch, alone in each batch": [
    { negatives: undefined, inBatch: true, batchSize: 1 },
    /batches of one query: 20 of the 20 queries of "train" have no negative of their own. Use larger batches/,
  ],
};

for (const [name, [changed, message]] of Object.entries(REFUSED)) {
  Deno.test(`nothing to train on, ${name}: refused with counts before any work`, async () => {
    const folder = await Deno.makeTempDir();
    const encoder = await tinyEncoder("static");
    try {
      const out = join(folder, "run");
      const options = { ...base, ...changed, folder: out };
      await assert.rejects(all(train(encoder, options)), { name: "ArgumentError", message });
      assert.throws(() => checkTraining(encoder, options), { name: "ArgumentError", message });
      await assert.rejects(Deno.lstat(out), Deno.errors.NotFound);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

const TRAINED: Record<string, Partial<TrainOptions>> = {
  "some queries without, but a negative in every batch": {
    negatives: only(({ query_id }) => query_id !== "q3"),
    batchSize: 6,
  },
  "a part of 0": { negatives: mined, sampler: hybrid({ bm25: 1, synthetic: 0 }) },
  "in-batch negatives for those without": { negatives: few, inBatch: true },
  "own negatives in batches of one query": { batchSize: 1, inBatch: true },
  "model rows that come with the refresh": {
    negatives: mined,
    sampler: hybrid({ bm25: 1, model: 1 }),
    refresh: { every: 2, mine: refresh(collection, { depth: 6 }) },
  },
};

for (const [name, changed] of Object.entries(TRAINED)) {
  Deno.test(`something to train on: ${name}`, async () => {
    const events = await all(train(await tinyEncoder("static"), { ...base, ...changed }));
    assert.equal(events.at(-1)!.type, "done");
  });
}

Deno.test("negatives that run out after a refresh, in a late epoch, or by equal text end training with counts", async () => {
  const encoder = await tinyEncoder("static");
  const mine = () => Promise.resolve(few);
  await assert.rejects(
    all(train(encoder, { ...base, epochs: 2, refresh: { every: 2, mine } })),
    /of the 5 batches of epoch 1 have no negative \(17 of the 20/,
  );
  const levels = curriculum([{ epochs: 25, sampler: uniform({ count: 2 }) }, {
    levels: [9, 9],
    sampler: uniform({ count: 2 }),
  }]);
  await assert.rejects(all(train(encoder, { ...base, sampler: levels, steps: 1000 })), /none of the 20 queries/);
  // Every known positive as a written passage: nothing that could be pushed away.
  const text = new Map([...collection.corpus.rows()].map(({ id, title, text }) => [id, { title, text }]));
  const copies = tableOf(
    NEGATIVES,
    [...collection.qrels.train.rows()].map(({ query_id, doc_id }) => ({
      query_id,
      ...text.get(doc_id)!,
      source: "synthetic",
      verdict: "kept",
    })),
  );
  await assert.rejects(
    all(train(encoder, { ...base, negatives: concatenate([copies]) })),
    /Cannot train on queries q\d+.*: all their negatives have the text of a known positive/,
  );
});
