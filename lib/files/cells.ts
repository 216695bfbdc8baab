import { KitError, type Place } from "../core/errors.ts";
import { eachLine, type ReadOptions } from "./lines.ts";
import { columnName } from "./records.ts";
import type { ByteSource } from "./byte_source.ts";

/** A row of a table in text. */
export interface CellRow {
  /** Names of the columns. Omit if the first line does not name them. */
  readonly names?: readonly string[];
  /** The cells, unquoted. */
  readonly cells: readonly string[];
  /** The file and the first line of the row. */
  readonly place: Place;
}

/** Options of {@link eachCells}. */
export interface CellOptions extends ReadOptions {
  /** Whether the first line names the columns. */
  isHeader: (names: readonly string[]) => boolean;
  /**
   * Separator of cells if there is no header to tell.
   * @default {"\t"}
   */
  delimiter?: string;
  /** Start of a comment line before the first row. Omit for no comments. */
  comment?: string;
}

const DELIMITERS = ["\t", ",", ";", "|"];
/** Maximum lines of a quoted cell. */
const MOST_LINES = 10_000;

/**
 * Calls `visit` with every row of tab- or comma-separated text. A quoted cell follows CSV: quotes inside it are doubled, and
 * it may contain delimiters and line breaks. In tab-separated text without a header, quotes are kept unless only a CSV
 * writer could have written them: the text itself may be a quotation.
 *
 * @throws {KitError} if a row and the header differ in length, or a quote is never closed.
 */
export async function eachCells(
  source: ByteSource,
  visit: (row: CellRow) => void,
  { isHeader, delimiter = "\t", comment, ...options }: CellOptions,
): Promise<void> {
  let reader: RowReader | undefined;
  await eachLine(source, (line, number) => {
    if (reader === undefined) {
      if (line.trim() === "" || (comment !== undefined && line.startsWith(comment))) return;
      const [found, names] = headerOf(line.replace(/\r$/, ""), delimiter, isHeader) ?? [];
      reader = new RowReader({ delimiter: found ?? delimiter, names, file: source.name, first: line }, visit);
      if (names !== undefined) return;
    }
    reader.take(line, number);
  }, { ...options, whole: true });
  reader?.end();
}

function headerOf(
  line: string,
  delimiter: string,
  isHeader: (names: readonly string[]) => boolean,
): [delimiter: string, names: string[]] | undefined {
  for (const candidate of [delimiter, ...DELIMITERS]) {
    const names = cellsOf(line, candidate, "csv")?.map(columnName);
    if (names !== undefined && isHeader(names)) return [candidate, names];
  }
}

/** How quotes are read: as CSV; as CSV only if nothing else could have written them; or as text. */
type Quoting = "csv" | "careful" | "none";

/** How the rows of a file are read. */
interface RowFormat {
  readonly delimiter: string;
  readonly names: readonly string[] | undefined;
  readonly file: string;
  /** The first line that is not a comment. */
  readonly first: string;
}

class RowReader {
  readonly delimiter: string;
  readonly names: readonly string[] | undefined;
  readonly file: string;
  readonly visit: (row: CellRow) => void;
  readonly #quoting: Quoting;
  #lines: { line: string; number: number }[] = [];

  constructor({ delimiter, names, file, first }: RowFormat, visit: (row: CellRow) => void) {
    this.delimiter = delimiter;
    this.names = names;
    this.file = file;
    this.visit = visit;
    // A writer that quotes every cell also quotes the id in front.
    const quotesAll = cellsOf(first.replace(/\r$/, ""), delimiter, "csv") !== undefined && first.startsWith('"') &&
      cellsOf(first, delimiter, "none")![0].endsWith('"');
    this.#quoting = delimiter !== "\t" || names !== undefined || quotesAll ? "csv" : "careful";
  }

  take(line: string, number: number): void {
    const lines = this.#lines;
    if (lines.length === 0 && line.trim() === "") return;
    if (lines.length > 0 && this.delimiter === "\t" && this.#isRow(line)) return this.#takeRaw({ line, number });
    lines.push({ line, number });
    if (lines.length > 1 && !line.includes('"')) return this.#limit();
    const text = lines.map(({ line }) => line).join("\n").replace(/\r$/, "");
    const cells = cellsOf(text, this.delimiter, this.#quoting);
    if (cells === undefined) return this.#limit();
    this.#lines = [];
    this.#emit(cells, lines[0].number);
  }

  end(): void {
    if (this.#lines.length === 0) return;
    if (this.delimiter === "\t") return this.#takeRaw();
    throw this.#unclosed();
  }

  /** Whether a line has the tabs of a whole row, so that the quote before it did not open a multi-line cell. */
  #isRow(line: string): boolean {
    const columns = this.names?.length ?? cellsOf(this.#lines[0].line, "\t", "none")!.length;
    return line.split("\t").length >= Math.max(2, columns);
  }

  /** Reads the line with the open quote as raw text, and the following lines again. */
  #takeRaw(more?: { line: string; number: number }): void {
    const [first, ...others] = this.#lines;
    this.#lines = [];
    this.#emit(cellsOf(first.line.replace(/\r$/, ""), this.delimiter, "none")!, first.number);
    for (const { line, number } of more ? [...others, more] : others) this.take(line, number);
    if (more === undefined) this.end();
  }

  #limit(): void {
    if (this.#lines.length <= MOST_LINES) return;
    if (this.delimiter === "\t") this.#takeRaw();
    else throw this.#unclosed();
  }

  #unclosed(): KitError {
    return new KitError("Cannot read a cell: its quote is never closed", {
      file: this.file,
      line: this.#lines[0].number,
    });
  }

  #emit(cells: string[], line: number): void {
    const place = { file: this.file, line };
    if (this.names !== undefined && cells.length !== this.names.length) {
      throw new KitError(`Cannot read a row: found ${cells.length} fields, expected ${this.names.join(", ")}`, place);
    }
    this.visit({ names: this.names, cells, place });
  }
}

/** The cells of a row; undefined if a quote is open at its end. */
function cellsOf(text: string, delimiter: string, quoting: Quoting): string[] | undefined {
  if (quoting === "none" || !text.includes('"')) return text.split(delimiter);
  const cells: string[] = [];
  for (let at = 0; at <= text.length;) {
    const quoted = text[at] === '"' ? quotedCell(text, at, delimiter) : undefined;
    if (quoted === "open") {
      if (quoting === "csv") return undefined;
    } else if (quoted !== undefined && (quoting === "csv" || /["\n\t]/.test(quoted.cell))) {
      cells.push(quoted.cell);
      at = quoted.end + 1;
      if (at > text.length) return cells;
      continue;
    }
    const end = text.indexOf(delimiter, at);
    cells.push(end < 0 ? text.slice(at) : text.slice(at, end));
    if (end < 0) return cells;
    at = end + 1;
  }
  return cells;
}

/** A quoted cell and its end; "open" if it does not end; undefined if the quotes are part of the text. */
function quotedCell(text: string, from: number, delimiter: string): { cell: string; end: number } | "open" | undefined {
  for (let at = from + 1;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0) return "open";
    const next = text[quote + 1];
    if (next === '"') at = quote + 2;
    else if (next !== undefined && next !== delimiter) return undefined;
    else return { cell: text.slice(from + 1, quote).replaceAll('""', '"'), end: quote + 1 };
  }
}
