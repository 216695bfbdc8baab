import * as z from "zod";
import { turns } from "../../core/stop.ts";
import { bm25 } from "../../retrieval/bm25.ts";
import { BLOCK, type MinedBlock, type MinerPart, type MiningTask } from "./miner.ts";

/** Finds the best documents by BM25 (k1 0.9, b 0.4). A document must share a term with the query. */
export async function* mineBm25(task: MiningTask): AsyncGenerator<MinedBlock> {
  const index = task.index ?? await bm25(task.collection.corpus, { analyzer: task.analyzer, signal: task.signal });
  task.index?.checkCorpus(task.collection.corpus);
  if (index.guess && index.guess.analyzer !== "english") task.progress?.update(0, index.guess.text);
  const turn = turns(task.signal, "mining by BM25");
  for (let queryBegin = 0; queryBegin < task.queries.length; queryBegin += BLOCK) {
    const queryEnd = Math.min(queryBegin + BLOCK, task.queries.length);
    const rows = new Int32Array((queryEnd - queryBegin) * task.depth).fill(-1);
    const scores = new Float32Array(rows.length);
    const positiveScores = new Float32Array(queryEnd - queryBegin);
    for (let q = queryBegin; q < queryEnd; q++) {
      await turn();
      const { text } = task.queries[q];
      let at = (q - queryBegin) * task.depth;
      for (const hit of index.search(text, task.depth)) {
        rows[at] = hit.row;
        scores[at++] = hit.score;
      }
      positiveScores[q - queryBegin] = Math.min(...index.scores(text, task.positives[q]));
    }
    yield { queryBegin, queryEnd, rows, scores, positiveScores };
  }
}

/** {@link mineBm25} as an entry of the registry. */
export const BM25: MinerPart<"bm25"> = {
  name: "bm25",
  about: "the best documents by BM25",
  options: z.strictObject({}),
  encoder: false,
  scores: true,
  make: (_: object, task: MiningTask): AsyncGenerator<MinedBlock> => mineBm25(task),
};
