import { CORPUS, QRELS, QUERIES } from "../../lib/tables/schema.ts";
import { tableOf } from "../../lib/tables/table_builder.ts";
import type { Collection } from "../../lib/collections/types.ts";

/** A collection of `size` queries with one positive each. */
export function madeUp(size: number): Collection {
  const ids = Array.from({ length: size }, (_, i) => i);
  return {
    name: "made-up",
    corpus: tableOf(
      CORPUS,
      ids.map((i) => ({
        id: `d${i}`,
        title: `Item ${i}`,
        text: `Item ${i} of the catalogue was made in ${1500 + i} by the guild, and it is kept in room ${i % 40}.`,
      })),
    ),
    queries: tableOf(
      QUERIES,
      ids.map((i) => ({
        id: `q${i}`,
        text: `When was item ${i} made?`,
        metadata: JSON.stringify({ experts: ["History", "Crafts", "Museums"] }),
      })),
    ),
    qrels: { train: tableOf(QRELS, ids.map((i) => ({ query_id: `q${i}`, doc_id: `d${i}`, grade: 1 }))) },
    digest: `made-up-${size}`,
    findings: [],
  };
}
