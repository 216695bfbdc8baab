import { WRITE_OPTIONS } from "../core/files.ts";
import { READ_OPTIONS } from "../files/lines.ts";
import { checkOptions } from "../core/options.ts";
import { KitError, type Place } from "../core/errors.ts";
import { writeAtomic, type WriteOptions } from "../core/files.ts";
import { asciiWords } from "./ascii_words.ts";
import { linesOf } from "../files/jsonl.ts";
import { eachLine, type ReadOptions } from "../files/lines.ts";
import { integerOf } from "../files/records.ts";
import { type QRELS, RUN } from "../tables/schema.ts";
import type { ByteSource } from "../files/byte_source.ts";
import { fileSource } from "../files/source.ts";
import type { Table } from "../tables/table.ts";
import { TableBuilder } from "../tables/table_builder.ts";
import { readTable } from "../files/arrow/ipc.ts";
import { RowIndex } from "../tables/row_index.ts";

/**
 * Reads a ranking: TREC's `query Q0 document rank score tag`, or an Arrow file of RUN. As in trec_eval 10, lines that
 * begin with `#` are comments, words after the tag are ignored, and scores may be infinite or hexadecimal.
 *
 * @throws {KitError} on a broken line, a score that is not a number, or a document that is ranked twice for a query.
 *
 * @example
 * ```ts
 * import { readRun, writeRun } from "@syneg/kit";
 * import { RUN, tableOf } from "@syneg/kit/tables";
 * const path = await Deno.makeTempFile({ suffix: ".run" });
 * await Deno.remove(path);
 * await writeRun(path, tableOf(RUN, [{ query_id: "q", doc_id: "d", rank: 1, score: 0.5 }]));
 * console.log((await readRun(path)).row(0).score); // 0.5
 * ```
 *
 * @category Tables
 */
export async function readRun(path: string, options?: ReadOptions): Promise<Table<typeof RUN>> {
  checkOptions<ReadOptions>("readRun", options ?? {}, READ_OPTIONS);
  if (/\.(arrow|feather)$/i.test(path)) return await readTable(path, RUN, { unpack: options?.unpack });
  return await readRunText(fileSource(path, options?.unpack), options);
}

/** {@link readRun} of TREC's text. */
export async function readRunText(source: ByteSource, options?: ReadOptions): Promise<Table<typeof RUN>> {
  const builder = new TableBuilder(RUN);
  const lines: number[] = [];
  await eachLine(source, (line, number) => {
    const place = { file: source.name, line: number };
    if (line.trimStart().startsWith("#")) return;
    const cells = asciiWords(line);
    // Everything after the tag is ignored.
    if (cells.length < 6) {
      const empty = line.split("\t").findIndex((cell) => cell.trim() === "");
      const hint = empty >= 0 && line.split("\t").length === 6 ? `; field ${empty + 1} is empty` : "";
      throw new KitError(
        `Cannot read a run: found ${cells.length} fields, wanted "query Q0 document rank score tag"${hint}`,
        place,
      );
    }
    const [query_id, , doc_id, rank, score] = cells;
    builder.append({ query_id, doc_id, rank: integerOf(rank, "rank", place), score: scoreOf(score, place) });
    lines.push(number);
  }, options);
  const run = builder.finish();
  if (run.length === 0) throw new KitError("Cannot read a run: there are no rows", { file: source.name });
  const [again] = new RowIndex([run.texts("query_id"), run.texts("doc_id")]).duplicates;
  if (again !== undefined) {
    const { query_id, doc_id } = run.row(again);
    const place = { file: source.name, line: lines[again] };
    throw new KitError(`Cannot read a run: document ${doc_id} is ranked twice for query ${query_id}`, place);
  }
  return run;
}

/**
 * Writes a ranking as TREC's text; scores have enough digits to read the same 32-bit number back.
 *
 * @example
 * ```ts
 * import { writeRun } from "@syneg/kit";
 * import { RUN, tableOf } from "@syneg/kit/tables";
 * const path = `${await Deno.makeTempDir()}/mine.run`;
 * await writeRun(path, tableOf(RUN, [{ query_id: "q", doc_id: "d", rank: 1, score: 0.5 }]));
 * console.log(await Deno.readTextFile(path)); // q Q0 d 1 0.5 syneg
 * ```
 *
 * @category Tables
 */
export async function writeRun(
  path: string,
  run: Table<typeof RUN>,
  options: WriteOptions & {
    /**
     * Name of the run, the last field of every line.
     *
     * @default {"syneg"}
     */
    tag?: string;
  } = {},
): Promise<void> {
  checkOptions("writeRun", options, { ...WRITE_OPTIONS, tag: "string" });
  const tag = identifier(options.tag ?? "syneg", "tag");
  const line = (row: { query_id: string; doc_id: string; rank: number; score: number }) =>
    `${identifier(row.query_id, "query_id")} Q0 ${identifier(row.doc_id, "doc_id")} ${row.rank} ` +
    `${shortest(row.score)} ${tag}`;
  await writeAtomic(path, linesOf(run, line), options);
}

/**
 * Writes judgments as TREC's text, or in BEIR's form if the path ends in `.tsv`.
 *
 * @category Tables
 */
export async function writeQrels(path: string, qrels: Table<typeof QRELS>, options?: WriteOptions): Promise<void> {
  checkOptions<WriteOptions>("writeQrels", options ?? {}, WRITE_OPTIONS);
  const beir = path.endsWith(".tsv");
  const line = ({ query_id, doc_id, grade }: { query_id: string; doc_id: string; grade: number }, index: number) => {
    if (beir) return `${index === 0 ? "query-id\tcorpus-id\tscore\n" : ""}${query_id}\t${doc_id}\t${grade}`;
    return `${identifier(query_id, "query_id", ".tsv")} 0 ${identifier(doc_id, "doc_id", ".tsv")} ${grade}`;
  };
  await writeAtomic(path, linesOf(qrels, line), options);
}

/**
 * Fields are separated by white space, so an id that is empty or contains some could not be read back.
 *
 * @throws {KitError} for such an id; it names a format that can hold it.
 * @category Tables
 */
export function identifier(text: string, field: string, other = ".arrow"): string {
  if (text === "" || /[ \t\n\v\f\r]/.test(text)) {
    throw new KitError(
      `Cannot write ${JSON.stringify(text)} as TREC's text: it is empty or has white space; a file that ends in ` +
        `${other} takes it`,
      { field },
    );
  }
  return text;
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const HEXADECIMAL = /^([+-]?)0x([0-9a-f]*)\.?([0-9a-f]*)(?:p([+-]?\d+))?$/i;
const INFINITE = /^([+-]?)inf(inity)?$/i;

/** Parses a score as C's strtod does; NaN is an error. */
function scoreOf(text: string, place: Place): number {
  const hexadecimal = HEXADECIMAL.exec(text);
  const infinite = INFINITE.exec(text);
  if (infinite) return infinite[1] === "-" ? -Infinity : Infinity;
  let score = DECIMAL.test(text) ? Number(text) : NaN;
  if (hexadecimal && hexadecimal[2] + hexadecimal[3] !== "") {
    const [, sign, whole, fraction, power = "0"] = hexadecimal;
    score = parseInt(whole + fraction, 16) * 2 ** (Number(power) - 4 * fraction.length) * (sign === "-" ? -1 : 1);
  }
  if (!Number.isFinite(Math.fround(score))) {
    const advice = /^[+-]?nan/i.test(text) ? " (nan has no rank: leave the document out)" : "";
    throw new KitError(`Cannot read a run: found ${JSON.stringify(text)}, wanted a 32-bit number${advice}`, {
      ...place,
      field: "score",
    });
  }
  return score;
}

function shortest(score: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const text = String(Number(score.toPrecision(digits)));
    if (Math.fround(Number(text)) === score) return text;
  }
  return String(score);
}
