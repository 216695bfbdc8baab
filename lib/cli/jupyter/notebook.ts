import { KitError } from "../../core/errors.ts";
import { writeAtomic } from "../../core/files.ts";

/** An output of a cell as nbformat 4 stores it, texts joined. */
export interface Output {
  output_type: "stream" | "display_data" | "execute_result" | "error";
  name?: "stdout" | "stderr";
  text?: string;
  data?: Record<string, unknown>;
  metadata?: Record<string, unknown>;
  execution_count?: number | null;
  ename?: string;
  evalue?: string;
  traceback?: string[];
}

/** A cell, texts joined. */
export interface Cell {
  readonly cell_type: "code" | "markdown" | "raw";
  readonly id: string;
  readonly source: string;
  metadata: Record<string, unknown>;
  outputs?: Output[];
  execution_count?: number | null;
}

/** A notebook of nbformat 4.5. */
export interface Notebook {
  readonly cells: Cell[];
  readonly metadata: Record<string, unknown>;
  readonly nbformat: 4;
  readonly nbformat_minor: number;
}

/** Reads a notebook; every text, which the format may split into lines, is one string afterwards. */
export async function readNotebook(path: string): Promise<Notebook> {
  let notebook: Notebook;
  try {
    notebook = JSON.parse(await Deno.readTextFile(path));
  } catch (error) {
    throw new KitError(`Cannot read a notebook: ${(error as Error).message}`, { file: path }, { cause: error });
  }
  if (notebook.nbformat !== 4 || !Array.isArray(notebook.cells)) {
    throw new KitError(`Cannot read a notebook: found format ${notebook.nbformat}, wanted 4`, { file: path });
  }
  const cells = notebook.cells.map((cell): Cell => ({
    ...cell,
    source: joined(cell.source) as string,
    ...(cell.outputs && { outputs: cell.outputs.map(joinOutput) }),
  }));
  return { ...notebook, cells };
}

/** Writes a notebook as JupyterLab does: one space of indentation, texts as lists of lines. */
export async function writeNotebook(path: string, notebook: Notebook): Promise<void> {
  const cells = notebook.cells.map((cell) => ({
    ...cell,
    source: lines(cell.source),
    ...(cell.outputs && { outputs: cell.outputs.map(splitOutput) }),
  }));
  await writeAtomic(path, JSON.stringify({ ...notebook, cells }, sortedKeys, 1) + "\n", { overwrite: true });
}

/** Types that hold JSON, not text. */
function isJson(type: string): boolean {
  return type === "application/json" || type.endsWith("+json");
}

function joinOutput(output: Output): Output {
  const data = output.data && Object.fromEntries(
    Object.entries(output.data).map(([type, value]) => [type, isJson(type) ? value : joined(value)]),
  );
  return {
    ...output,
    ...(data && { data }),
    ...(output.text !== undefined && { text: joined(output.text) as string }),
  };
}

function splitOutput(output: Output): unknown {
  const data = output.data && Object.fromEntries(
    Object.entries(output.data).map((
      [type, value],
    ) => [type, typeof value === "string" && !isJson(type) ? lines(value) : value]),
  );
  return { ...output, ...(data && { data }), ...(output.text !== undefined && { text: lines(output.text) }) };
}

function joined(value: unknown): unknown {
  return Array.isArray(value) ? value.join("") : value;
}

function lines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** For JSON.stringify: keys of every object in order, so that the text depends on what it holds alone. */
export function sortedKeys(this: unknown, _key: string, value: unknown): unknown {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1));
}
