import { extname, join, relative, sep } from "node:path";
import { ArgumentError, checkCancelled, KitError } from "../../core/errors.ts";
import { fileError } from "../../core/files.ts";
import { checkOptions } from "../../core/options.ts";
import { stopSignal } from "../../core/stop.ts";
import { htmlText } from "./html_text.ts";
import { jsonlDocuments } from "./jsonl_documents.ts";
import { markdownText } from "./markdown_text.ts";
import { pdfText } from "./pdf_text.ts";
import type { DocumentFinding, ReadDocuments, SourceDocument } from "./source_document.ts";

/**
 * Options of {@link readDocuments}.
 *
 * @category Pipeline
 */
export interface ReadDocumentsOptions {
  /** Cancels the reading. */
  signal?: AbortSignal;
}

/** Readers by the ending of a file's name. */
const READERS: Readonly<Record<string, (path: string) => Promise<{ title: string; text: string }>>> = {
  ".txt": async (path) => ({ title: "", text: await readText(path) }),
  ".md": async (path) => markdownText(await readText(path)),
  ".markdown": async (path) => markdownText(await readText(path)),
  ".html": async (path) => htmlText(await readText(path)),
  ".htm": async (path) => htmlText(await readText(path)),
  ".pdf": async (path) => await pdfText(await Deno.readFile(path)),
};

/**
 * Reads the documents of a folder and its subfolders: .txt, .md, .html, .pdf, and .jsonl with a document a line (`text`,
 * and `id` or `_id` and `title` if there are any). Files without text, of another kind, or that cannot be read are left
 * out and named. Hidden files and folders, and a README.md at the top, are passed over.
 *
 * @throws {KitError} if the folder is missing or no file of it has text.
 *
 * @example
 * ```ts
 * import { readDocuments } from "@syneg/kit/pipeline";
 * const folder = await Deno.makeTempDir();
 * await Deno.writeTextFile(`${folder}/bees.md`, "# Bees\n\nBees dance.");
 * console.log((await readDocuments(folder)).documents[0].title); // Bees
 * ```
 *
 * @category Pipeline
 */
export async function readDocuments(folder: string, options: ReadDocumentsOptions = {}): Promise<ReadDocuments> {
  checkOptions<ReadDocumentsOptions>("readDocuments", options, { signal: "object" });
  const signal = stopSignal(options.signal);
  const documents: SourceDocument[] = [];
  const findings: DocumentFinding[] = [];
  for (const path of await filesIn(folder)) {
    checkCancelled(signal, "reading documents");
    const file = relative(folder, path).replaceAll(sep, "/");
    if (file.toLowerCase() === "readme.md") continue;
    const found = await readFile(path, file);
    documents.push(...found.documents);
    findings.push(...found.findings);
  }
  if (documents.length === 0) {
    const first = findings[0] ? `, such as ${findings[0].file}: ${findings[0].reason}` : "";
    throw new KitError(
      `Cannot make a collection: no file has text (${findings.length} left out${first}); wanted ` +
        `${[...Object.keys(READERS), ".jsonl"].join(", ")}`,
      { file: folder },
    );
  }
  return { documents, findings };
}

async function readFile(path: string, file: string): Promise<ReadDocuments> {
  const ending = extname(path).toLowerCase();
  if (ending === ".jsonl") return await jsonlDocuments(path, file);
  const reader = Object.hasOwn(READERS, ending) ? READERS[ending] : undefined;
  const left = (reason: string) => ({ documents: [], findings: [{ file, reason }] });
  if (!reader) return left("its kind is unknown");
  try {
    const { title, text } = await reader(path);
    if (text.trim() === "") return left("it has no text");
    return { documents: [{ id: file, title, text }], findings: [] };
  } catch (error) {
    return left(`it cannot be read: ${(error as Error).message}`);
  }
}

async function readText(path: string): Promise<string> {
  return new TextDecoder("utf-8", { fatal: true }).decode(await Deno.readFile(path));
}

/** The files of a folder and its subfolders in order of path. */
async function filesIn(folder: string): Promise<string[]> {
  const found: string[] = [];
  const visit = async (at: string) => {
    for await (const { name, isDirectory, isFile } of Deno.readDir(at)) {
      if (name.startsWith(".")) continue;
      if (isDirectory) await visit(join(at, name));
      else if (isFile) found.push(join(at, name));
    }
  };
  try {
    await visit(folder);
  } catch (error) {
    if (error instanceof Deno.errors.NotADirectory) {
      throw new ArgumentError(`Cannot read documents of "${folder}": wanted a folder`);
    }
    throw fileError("read documents", folder, error);
  }
  return found.sort();
}
