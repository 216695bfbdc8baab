/** Trains the tiny encoder into a folder, to be killed: `kill_child.ts <folder> <result>`. */
import { sha256 } from "../../lib/core/hash.ts";
import { NEGATIVES } from "../../lib/tables/schema.ts";
import { tableOf } from "../../lib/tables/table_builder.ts";
import { train } from "../../lib/training/train.ts";
import { infoNCE } from "../../lib/training/losses/mod.ts";
import { tinyEncoder, tinyWorld, weightsOf } from "./world.ts";

const [folder, result] = Deno.args;
const { collection, negatives } = tinyWorld(40, 2);
const encoder = await tinyEncoder();
const events = train(encoder, {
  ...{ collection, negatives, folder, resume: true, checkpointEvery: 3, threads: 2 },
  ...{ batchSize: 6, trainGroupSize: 5, inBatch: true, learningRate: 2e-3, epochs: 5, dropout: 0.1, loss: infoNCE() },
  evaluate: {
    every: 7,
    measure: "weight",
    run: () => Promise.resolve({ weight: Math.abs(weightsOf(encoder).get("embeddings.word")![200]) }),
  },
  refresh: {
    every: 11,
    mine: (_, { negatives, step }) =>
      Promise.resolve(tableOf(NEGATIVES, [...negatives.rows()].filter((_, i) => (i + step) % 7 > 0))),
  },
});
for await (const event of events) {
  if (event.type !== "done") {
    console.log(event.type, event.step);
    continue;
  }
  const weights = [...weightsOf(encoder)].map(([name, data]) => [name, sha256(new Uint8Array(data.buffer))]);
  const rows = [...event.events.rows()].map(({ wall_ms: _, ...row }) => row);
  await Deno.writeTextFile(result, JSON.stringify({ weights, rows }));
}
