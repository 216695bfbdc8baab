import { KitError, type Place } from "../core/errors.ts";
import { eachLine, type ReadOptions } from "./lines.ts";
import { columnName } from "./records.ts";
import type { ByteSource } from "./source.ts";

/** One row of a table in text. */
export interface CellRow {
  /** Names of the columns, if the first line has them. */
  readonly names?: readonly string[];
  readonly cells: readonly string[];
  /** File and first line of the row. */
  readonly place: Place;
}

/** Options of {@link eachCells}. */
export interface CellOptions extends ReadOptions {
  /** Whether the first line names the columns. */
  isHeader: (names: readonly string[]) => boolean;
  /** What parts the cells where no header tells it. @default "\t" */
  delimiter?: string;
  /** What begins a comment before the first row. @default no comments */
  comment?: string;
}

const DELIMITERS = ["\t", ",", ";", "|"];
/** Lines that one quoted cell may have. */
const MOST_LINES = 10_000;

/**
 * Calls `visit` with every row of tab- or comma-separated text. Quotes are read as csv writers write them: around a cell,
 * doubled inside it, which may then hold the delimiter and line breaks. In tab-separated text that has no header, a cell
 * in quotes is taken as it is unless only a csv writer could have written it: raw text may well be one quotation.
 *
 * @throws {KitError} if a row has more or fewer cells than the header, or a quote is never closed.
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
      reader = new RowReader(found ?? delimiter, names, source.name, line, visit);
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

/** How quotes are read: as csv writers write them, only where no one else could have written them, or not at all. */
type Quoting = "csv" | "careful" | "none";

class RowReader {
  readonly #quoting: Quoting;
  #lines: { line: string; number: number }[] = [];

  constructor(
    readonly delimiter: string,
    readonly names: readonly string[] | undefined,
    readonly file: string,
    first: string,
    readonly visit: (row: CellRow) => void,
  ) {
    // A writer that quotes everything quotes the id at the beginning, too.
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

  /** Whether a line has as many tabs as a whole row: then the quote before it did not open a cell of many lines. */
  #isRow(line: string): boolean {
    const columns = this.names?.length ?? cellsOf(this.#lines[0].line, "\t", "none")!.length;
    return line.split("\t").length >= Math.max(2, columns);
  }

  /** Reads the line that opened a quote as it is, and the others again. */
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
      throw new KitError(`Cannot read a row: found ${cells.length} fields, wanted ${this.names.join(", ")}`, place);
    }
    this.visit({ names: this.names, cells, place });
  }
}

/** The cells of a row; undefined where a quote is still open at its end. */
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

/** A cell in quotes and where it ends; "open" if it does not end; undefined if its quotes are part of the text. */
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
