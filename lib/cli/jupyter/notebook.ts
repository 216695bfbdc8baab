import { KitError } from "../../core/errors.ts";
import { writeAtomic } from "../../core/files.ts";

/** An output of a cell as nbformat 4 stores it, with lines joined. */
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

/** A cell, with lines joined. */
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

/**
 * Reads a notebook. Texts that the format splits into lines become one string.
 *
 * @throws {KitError} if it is not JSON, not nbformat 4, or a cell or output is malformed.
 */
export async function readNotebook(path: string): Promise<Notebook> {
  const fail = (why: string): never => {
    throw new KitError(`Cannot read a notebook: ${why}`, { file: path });
  };
  let notebook: unknown;
  try {
    notebook = JSON.parse(await Deno.readTextFile(path));
  } catch (error) {
    throw new KitError(`Cannot read a notebook: ${(error as Error).message}`, { file: path }, { cause: error });
  }
  if (!isObject(notebook)) return fail(`it must be an object, found ${kindOf(notebook)}`);
  if (notebook.nbformat !== 4) fail(`nbformat must be 4, found ${JSON.stringify(notebook.nbformat)}`);
  if (!Array.isArray(notebook.cells)) return fail("its cells must be a list");
  const cells = notebook.cells.map((cell: unknown, i): Cell => {
    const wrong = (why: string) => fail(`cell ${i + 1} ${why}`);
    if (!isObject(cell) || typeof cell.cell_type !== "string") {
      return wrong("must be an object with cell_type and source");
    }
    if (!isText(cell.source)) wrong(`must have text as its source, found ${brief(cell.source)}`);
    const outputs = cell.outputs ?? undefined;
    if (outputs !== undefined && !(Array.isArray(outputs) && outputs.every(isOutput))) {
      wrong("must have a list of outputs");
    }
    return {
      ...cell,
      source: joined(cell.source) as string,
      ...(outputs !== undefined && { outputs: (outputs as Output[]).map(joinOutput) }),
    } as unknown as Cell;
  });
  return { ...notebook, cells } as unknown as Notebook;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Text, or its lines. */
function isText(value: unknown): boolean {
  return typeof value === "string" || Array.isArray(value) && value.every((line) => typeof line === "string");
}

function isOutput(value: unknown): boolean {
  if (!isObject(value) || typeof value.output_type !== "string") return false;
  if (value.text !== undefined && !isText(value.text)) return false;
  return value.data === undefined || isObject(value.data);
}

function kindOf(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "a list" : `a ${typeof value}`;
}

function brief(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 60) ?? "nothing";
}

/** Writes a notebook as JupyterLab does: indented by one space, texts as lists of lines. */
export async function writeNotebook(path: string, notebook: Notebook): Promise<void> {
  const cells = notebook.cells.map((cell) => ({
    ...cell,
    source: lines(cell.source),
    ...(cell.outputs && { outputs: cell.outputs.map(splitOutput) }),
  }));
  await writeAtomic(path, JSON.stringify({ ...notebook, cells }, sortedKeys, 1) + "\n", { overwrite: true });
}

/** Whether a MIME type holds JSON. */
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

/** Replacer for JSON.stringify that sorts keys, so that equal notebooks give equal text. */
export function sortedKeys(this: unknown, _key: string, value: unknown): unknown {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1));
}
