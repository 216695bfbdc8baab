import type { FileMetaData } from "hyparquet";

/** A struct of Thrift's compact protocol: numbers and structs by field id. */
type Struct = Map<number, number | Struct>;

const DATA_PAGE = 0;
const DATA_PAGE_V2 = 3;
/** Bytes that a value counts for; a few bytes can repeat one a billion times. */
const CELL = 4;

/**
 * Verifies the header of every page before hyparquet decodes it, which trusts the counts: a flipped bit could make it loop
 * for minutes. Format: https://parquet.apache.org/docs/file-format/data-pages
 *
 * @param meter Called with the unpacked sizes stated.
 * @throws {Error} naming what is broken.
 */
export function verifyPages(bytes: Uint8Array, metadata: FileMetaData, meter: (bytes: number) => void): void {
  for (const { columns, num_rows } of metadata.row_groups) {
    // A group without rows may have no pages.
    if (num_rows === 0n) continue;
    for (const { meta_data } of columns) {
      if (meta_data === undefined) throw new Error("a column has no metadata");
      const { dictionary_page_offset, data_page_offset, total_compressed_size, num_values } = meta_data;
      const first = dictionary_page_offset && dictionary_page_offset < data_page_offset
        ? dictionary_page_offset
        : data_page_offset;
      const start = Number(first);
      const end = start + Number(total_compressed_size);
      if (!(start >= 0 && end <= bytes.length && total_compressed_size >= 0n)) {
        throw new Error("a column leaves the file");
      }
      if (!(num_values >= 0n)) throw new Error("a column has a negative count");
      meter(CELL * Number(num_values));
      verifyColumn(new CompactReader(bytes, start, end), Number(num_values), meter);
    }
  }
}

function verifyColumn(reader: CompactReader, wanted: number, meter: (bytes: number) => void): void {
  let found = 0;
  while (reader.at < reader.end) {
    const header = reader.struct(0);
    const kind = header.get(1);
    const unpacked = count(header.get(2));
    const packed = count(header.get(3));
    meter(unpacked);
    const inner = header.get(kind === DATA_PAGE ? 5 : kind === DATA_PAGE_V2 ? 8 : 7);
    const values = inner instanceof Map ? count(inner.get(1)) : 0;
    if (kind === DATA_PAGE || kind === DATA_PAGE_V2) found += values;
    else if (values > unpacked + 1) throw new Error("a dictionary cannot hold what it states");
    reader.at += packed;
    if (reader.at > reader.end) throw new Error("a page leaves its column");
    if (found > wanted) throw new Error("its pages hold more values than its column");
  }
  if (found !== wanted) throw new Error("its pages hold fewer values than its column");
}

function count(value: number | Struct | undefined): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 0) return value;
  throw new Error("a page header lacks a count");
}

/** Reads Thrift's compact protocol as used in page headers, from `at` to `end`. */
class CompactReader {
  at: number;
  readonly #bytes: Uint8Array;
  readonly end: number;

  constructor(bytes: Uint8Array, at: number, end: number) {
    this.#bytes = bytes;
    this.at = at;
    this.end = end;
  }

  struct(depth: number): Struct {
    if (depth > 8) throw new Error("a page header is nested too deep");
    const fields: Struct = new Map();
    for (let id = 0;;) {
      const head = this.#byte();
      if (head === 0) return fields;
      id = head >> 4 === 0 ? this.#zigzag() : id + (head >> 4);
      const value = this.#value(head & 15, depth);
      if (value !== undefined) fields.set(id, value);
    }
  }

  #value(type: number, depth: number): number | Struct | undefined {
    switch (type) {
      case 1:
      case 2:
        return 2 - type;
      case 3:
        return this.#byte();
      case 4:
      case 5:
      case 6:
        return this.#zigzag();
      case 7:
        return this.#skip(8);
      case 8:
        return this.#skip(this.#varint());
      case 12:
        return this.struct(depth + 1);
      default:
        throw new Error("a page header has a field of an unknown type");
    }
  }

  #byte(): number {
    if (this.at >= this.end) throw new Error("a page header is cut off");
    return this.#bytes[this.at++];
  }

  #skip(length: number): undefined {
    this.at += length;
    if (!(length >= 0 && this.at <= this.end)) throw new Error("a page header is cut off");
  }

  #varint(): number {
    let value = 0;
    for (let factor = 1; factor < 2 ** 50; factor *= 128) {
      const byte = this.#byte();
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
    throw new Error("a page header has a number that is too long");
  }

  #zigzag(): number {
    const value = this.#varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}
