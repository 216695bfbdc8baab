import { join } from "node:path";
import { random } from "../../lib/core/random.ts";
import { CORPUS, NEGATIVES, type NewRow, QRELS, QUERIES } from "../../lib/tables/schema.ts";
import type { Table } from "../../lib/tables/table.ts";
import { tableOf } from "../../lib/tables/table_builder.ts";
import type { Collection } from "../../lib/collections/types.ts";
import { loadEncoder } from "../../lib/encoders/load.ts";
import type { TrainableEncoder } from "../../lib/encoders/types.ts";
import type { TrainEvent } from "../../lib/training/events.ts";

const FIXTURES = join(import.meta.dirname!, "..", "fixtures", "encoders");

/** A BERT of two layers, 32 wide. */
export function tinyEncoder(kind: "bert" | "static" = "bert"): Promise<TrainableEncoder> {
  return loadEncoder(join(FIXTURES, kind), { name: `tiny ${kind}` });
}

/** Queries that share words with their documents; ragged negatives of two sources and some written ones. */
export function tinyWorld(queries = 20, seed = 1): { collection: Collection; negatives: Table<typeof NEGATIVES> } {
  const stream = random(seed);
  const word = () => Array.from({ length: 3 }, () => "abcdefghijklmnop"[stream.integer(16)]).join("");
  const words = (count: number) => Array.from({ length: count }, word);
  const topics = Array.from({ length: queries }, () => words(4));
  const corpus = topics.flatMap((topic, i) => [
    { id: `d${i}`, title: topic[0], text: [...topic, ...words(2 + stream.integer(8))].join(" ") },
    { id: `e${i}`, title: "", text: [topic[1], ...words(5)].join(" ") },
  ]);
  const qrels = topics.flatMap((_, i) => [
    { query_id: `q${i}`, doc_id: `d${i}`, grade: 2 },
    ...(i % 3 === 0 ? [{ query_id: `q${i}`, doc_id: `e${i}`, grade: 1 }] : []),
  ]);
  const rows: NewRow<typeof NEGATIVES>[] = topics.flatMap((topic, i) => {
    const known = new Set(qrels.filter(({ query_id }) => query_id === `q${i}`).map(({ doc_id }) => doc_id));
    const mined = stream.sample(corpus.length, 2 + stream.integer(6)).map((j) => corpus[j].id);
    return [
      ...mined.filter((id) => !known.has(id)).map((doc_id, rank) => ({
        query_id: `q${i}`,
        doc_id,
        source: rank % 2 ? "random" : "bm25",
        rank: rank + 1,
        score: 0.5 - rank / 20,
        positive_score: 0.9,
        verdict: "kept",
      })),
      ...(i % 2 === 0
        ? [{
          query_id: `q${i}`,
          title: "",
          text: [topic[2], ...words(6)].join(" "),
          source: "synthetic",
          score: 0.4,
          positive_score: 0.9,
          verdict: "kept",
        }]
        : []),
    ];
  });
  const collection: Collection = {
    name: "tiny",
    corpus: tableOf(CORPUS, corpus),
    queries: tableOf(QUERIES, topics.map((topic, i) => ({ id: `q${i}`, text: topic.slice(0, 3).join(" ") }))),
    qrels: { train: tableOf(QRELS, qrels) },
    digest: `tiny ${queries} ${seed}`,
    findings: [],
  };
  return { collection, negatives: tableOf(NEGATIVES, rows) };
}

/** All events of a training. */
export async function all(events: AsyncIterable<TrainEvent>): Promise<TrainEvent[]> {
  const found: TrainEvent[] = [];
  for await (const event of events) found.push(event);
  return found;
}

/** A copy of an encoder's weights. */
export function weightsOf(encoder: TrainableEncoder): Map<string, Float32Array> {
  return new Map([...encoder.parameters].map(([name, { data }]) => [name, data.slice()]));
}

/** Events without what depends on the clock. */
export function timeless(event: TrainEvent): unknown {
  const { wallMs: _, ...rest } = event;
  if (rest.type === "step") return { ...rest, tokensPerSecond: 0, secondsLeft: 0 };
  return rest;
}
