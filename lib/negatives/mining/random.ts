import * as z from "zod";
import { random } from "../../core/random.ts";
import { turns } from "../../core/stop.ts";
import { BLOCK, type MinedBlock, type MinerPart, type MiningTask } from "./miner.ts";

/** Draws documents uniformly without replacement, by seed and query. */
export async function* mineRandom(task: MiningTask): AsyncGenerator<MinedBlock> {
  const root = random(task.seed).fork("mine random");
  const turn = turns(task.signal, "mining random");
  const size = task.collection.corpus.length;
  for (let queryBegin = 0; queryBegin < task.queries.length; queryBegin += BLOCK) {
    await turn();
    const queryEnd = Math.min(queryBegin + BLOCK, task.queries.length);
    const rows = new Int32Array((queryEnd - queryBegin) * task.depth).fill(-1);
    for (let q = queryBegin; q < queryEnd; q++) {
      rows.set(root.fork(task.queries[q].id).sample(size, Math.min(task.depth, size)), (q - queryBegin) * task.depth);
    }
    yield { queryBegin, queryEnd, rows };
  }
}

/** {@link mineRandom} as an entry of the registry. */
export const RANDOM: MinerPart<"random"> = {
  name: "random",
  about: "documents drawn uniformly",
  options: z.strictObject({}),
  encoder: false,
  scores: false,
  make: (_: object, task: MiningTask): AsyncGenerator<MinedBlock> => mineRandom(task),
};
