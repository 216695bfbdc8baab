import { random } from "../../core/random.ts";
import type { CORPUS } from "../../tables/schema.ts";
import { selectRows } from "../../tables/select_rows.ts";
import type { Table } from "../../tables/table.ts";
import { documentOfChunk } from "./read.ts";

/** Chunks with fewer letters say too little to ask for. */
const LEAST = 80;

/**
 * A sample of chunks, spread over the documents: every document gives one before any gives a second. In the order of the
 * corpus.
 */
export function sampleChunks(
  corpus: Table<typeof CORPUS>,
  { count, seed }: { count: number; seed: number },
): Table<typeof CORPUS> {
  const documents = documentOfChunk(corpus);
  const ids = corpus.column("id");
  const texts = corpus.column("text");
  const stream = random(seed).fork("passages");
  const byDocument = new Map<string, number[]>();
  for (let row = 0; row < corpus.length; row++) {
    if (new TextEncoder().encode(texts.at(row)).length < LEAST) continue;
    const document = documents.get(ids.at(row))!;
    const rows = byDocument.get(document);
    if (rows) rows.push(row);
    else byDocument.set(document, [row]);
  }
  const lists = stream.shuffle([...byDocument].map(([document, rows]) => stream.fork(document).shuffle(rows)));
  const chosen: number[] = [];
  for (let turn = 0; chosen.length < count; turn++) {
    const before = chosen.length;
    for (const rows of lists) if (turn < rows.length && chosen.length < count) chosen.push(rows[turn]);
    if (chosen.length === before) break;
  }
  return selectRows(corpus, chosen.sort((a, b) => a - b));
}
