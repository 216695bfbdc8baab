import type { DocumentFinding, ReadDocuments, SourceDocument } from "./source_document.ts";

/** Fields that may hold a document's text. */
const TEXTS = ["text", "contents", "content", "body"];

/** The documents of a JSONL file, one a line. A line that is no document is named and left out. */
export async function jsonlDocuments(path: string, file: string): Promise<ReadDocuments> {
  const documents: SourceDocument[] = [];
  const findings: DocumentFinding[] = [];
  const seen = new Set<string>();
  const lines = (await Deno.readTextFile(path)).split("\n");
  for (const [i, line] of lines.entries()) {
    if (line.trim() === "") continue;
    const place = `${file}:${i + 1}`;
    const left = (reason: string) => findings.push({ file: place, reason });
    const record = parsed(line);
    if (!record) {
      left("it is no JSON object");
      continue;
    }
    const text = TEXTS.map((name) => record[name]).find((value) => typeof value === "string" && value.trim() !== "");
    if (typeof text !== "string") {
      left(`it has no text: wanted a field ${TEXTS.join(", ")}`);
      continue;
    }
    const name = record.id ?? record._id;
    const id = `${file}#${typeof name === "string" || typeof name === "number" ? name : i + 1}`;
    if (seen.has(id)) {
      left(`its id ${id.slice(file.length + 1)} occurs twice`);
      continue;
    }
    seen.add(id);
    documents.push({ id, title: typeof record.title === "string" ? record.title : "", text });
  }
  return { documents, findings };
}

function parsed(line: string): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(line);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
