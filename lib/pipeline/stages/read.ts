import { CORPUS } from "../../tables/schema.ts";
import type { Table } from "../../tables/table.ts";
import { tableOf } from "../../tables/table_builder.ts";
import { chunk } from "../chunk.ts";
import { readDocuments } from "../documents/read_documents.ts";
import type { DocumentFinding } from "../documents/source_document.ts";
import type { Settings } from "../options.ts";
import { type SplitDocument, splitDocuments } from "../split_documents.ts";
import type { PipelineFolder } from "../run_folder.ts";

/** Documents in chunks, with the split of each document. */
export interface ReadStage {
  readonly corpus: Table<typeof CORPUS>;
  readonly documents: readonly SplitDocument[];
  readonly findings: readonly DocumentFinding[];
}

/** Reads, cuts and splits documents. */
export async function readAll(settings: Settings, signal?: AbortSignal): Promise<ReadStage> {
  const { size, overlap, test, dev, seed } = settings;
  const { documents, findings } = await readDocuments(settings.documents, { signal });
  const splits = splitDocuments(documents, { test, dev, seed });
  const splitOf = new Map(splits.map(({ id, split }) => [id, split]));
  const rows = documents.flatMap((document) =>
    chunk(document, { size, overlap }).map(({ id, title, text }) => ({
      ...{ id, title, text },
      metadata: JSON.stringify({ document: document.id, split: splitOf.get(document.id) }),
    }))
  );
  return { corpus: tableOf(CORPUS, rows), documents: splits, findings };
}

/** {@link readAll}, once per run. */
export async function readStage(folder: PipelineFolder, settings: Settings, signal?: AbortSignal): Promise<ReadStage> {
  let made: ReadStage | undefined;
  const all = async () => made ??= await readAll(settings, signal);
  const corpus = await folder.table("chunks.arrow", CORPUS, async () => (await all()).corpus);
  const { documents, findings } = await folder.json("documents.json", async () => {
    const { documents, findings } = await all();
    return { documents, findings };
  });
  return { corpus, documents, findings };
}

/** The document of each chunk, by the chunk's id. */
export function documentOfChunk(corpus: Table<typeof CORPUS>): Map<string, string> {
  const metadata = corpus.column("metadata");
  const found = new Map<string, string>();
  let row = 0;
  for (const id of corpus.column("id")) found.set(id, JSON.parse(metadata.at(row++)!).document);
  return found;
}
