import * as arrow from "apache-arrow";
import { KitError } from "../core/errors.ts";
import type { Column, NewRow, Schema } from "./schema.ts";
import { Table } from "./table.ts";

/** Text bytes of one chunk: Arrow's 32-bit offsets end at 2 GB, so chunks stay well below. */
const CHUNK_BYTES = 256 << 20;

/** Options of {@link TableBuilder} and {@link tableOf}. */
export interface TableOptions {
  /** Key and value pairs that travel with the table. */
  metadata?: Record<string, string>;
}

/**
 * Appends rows and finishes into a {@link Table}. Text goes straight into Arrow's buffers, in chunks, so that a corpus
 * of any size never exists as JavaScript strings.
 */
export class TableBuilder<S extends Schema> {
  readonly #schema: S;
  readonly #names: string[];
  readonly #options: TableOptions;
  readonly #dictionaries = new Map<string, Map<string, number>>();
  readonly #chunks: { length: number; columns: Parts[] }[] = [];
  #columns: ColumnBuilder[];
  #length = 0;

  constructor(schema: S, options: TableOptions = {}) {
    this.#schema = schema;
    this.#options = options;
    this.#names = Object.keys(schema.columns);
    for (const name of this.#names) {
      if (schema.columns[name].kind === "label") this.#dictionaries.set(name, new Map());
    }
    this.#columns = this.#start();
  }

  #start(): ColumnBuilder[] {
    return this.#names.map((name) =>
      new ColumnBuilder(this.#schema.name, name, this.#schema.columns[name], this.#dictionaries.get(name))
    );
  }

  /** Appends one row. @throws {KitError} if a value is missing or of a wrong type. */
  append(row: NewRow<S>): this {
    for (let j = 0; j < this.#names.length; j++) {
      this.#columns[j].append((row as Record<string, unknown>)[this.#names[j]]);
    }
    this.#length++;
    if (this.#columns.some((column) => column.bytes >= CHUNK_BYTES)) this.#flush();
    return this;
  }

  #flush(): void {
    this.#chunks.push({ length: this.#length, columns: this.#columns.map((column) => column.finish()) });
    this.#columns = this.#start();
    this.#length = 0;
  }

  /** The table of all rows; the builder is empty afterwards. */
  finish(): Table<S> {
    if (this.#length > 0 || this.#chunks.length === 0) this.#flush();
    const width = Math.max(0, ...this.#chunks.flatMap((chunk) => chunk.columns.map((column) => column.width)));
    const types = this.#names.map((name, id) => arrowType(this.#schema.columns[name], width, id));
    const fields = this.#names.map((name, j) => new arrow.Field(name, types[j], this.#schema.columns[name].nullable));
    const metadata = new Map([["syneg.schema", this.#schema.name], ...Object.entries(this.#options.metadata ?? {})]);
    const schema = new arrow.Schema(fields, metadata);
    const dictionaries = this.#names.map((name) => {
      const words = this.#dictionaries.get(name);
      return words && arrow.vectorFromArray([...words.keys()], new arrow.Utf8());
    });
    const batches = this.#chunks.splice(0).map((chunk) => {
      const children = chunk.columns.map((parts, j) => parts.data(types[j], chunk.length, dictionaries[j]));
      const struct = new arrow.Struct(fields);
      return new arrow.RecordBatch(
        schema,
        arrow.makeData({ type: struct, length: chunk.length, nullCount: 0, children }),
      );
    });
    return new Table(this.#schema, new arrow.Table(schema, batches));
  }
}

/** A table of `rows`. */
export function tableOf<S extends Schema>(schema: S, rows: Iterable<NewRow<S>>, options?: TableOptions): Table<S> {
  const builder = new TableBuilder(schema, options);
  for (const row of rows) builder.append(row);
  return builder.finish();
}

/** The Arrow type of a column; `width` is the length of its vectors, `id` its dictionary's number. */
export function arrowType(column: Column, width: number, id: number): arrow.DataType {
  switch (column.kind) {
    case "utf8":
    case "json":
      return new arrow.Utf8();
    case "label":
      return new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32(), id);
    case "int32":
      return new arrow.Int32();
    case "float32":
      return new arrow.Float32();
    case "float64":
      return new arrow.Float64();
    case "bool":
      return new arrow.Bool();
    case "vector":
      return new arrow.FixedSizeList(width, new arrow.Field("item", new arrow.Float32(), false));
    default:
      return column.kind satisfies never;
  }
}

interface Parts {
  width: number;
  data(type: arrow.DataType, length: number, dictionary?: arrow.Vector): arrow.Data;
}

type Numbers = Int32Array | Float32Array | Float64Array | Uint8Array;

const encoder = new TextEncoder();

class ColumnBuilder {
  bytes = 0;
  #length = 0;
  #nulls = 0;
  #width = 0;
  #valid = new Uint8Array(64);
  #values: Numbers;
  #offsets = new Int32Array(65);
  readonly #table: string;
  readonly #name: string;
  readonly #column: Column;
  readonly #dictionary?: Map<string, number>;

  constructor(table: string, name: string, column: Column, dictionary?: Map<string, number>) {
    this.#table = table;
    this.#name = name;
    this.#column = column;
    this.#dictionary = dictionary;
    const { kind } = column;
    this.#values = kind === "int32" || kind === "label"
      ? new Int32Array(64)
      : kind === "float32" || kind === "vector"
      ? new Float32Array(64)
      : kind === "float64"
      ? new Float64Array(64)
      : new Uint8Array(64);
  }

  append(value: unknown): void {
    const at = this.#length++;
    if (at >> 3 >= this.#valid.length) this.#valid = grown(this.#valid, (at >> 3) + 1) as Uint8Array<ArrayBuffer>;
    const text = this.#column.kind === "utf8" || this.#column.kind === "json";
    if (text && at + 2 > this.#offsets.length) this.#offsets = grown(this.#offsets, at + 2) as Int32Array<ArrayBuffer>;
    if (value === null || value === undefined) {
      if (!this.#column.nullable) this.#refuse(value, at);
      this.#nulls++;
      if (text) this.#offsets[at + 1] = this.bytes;
      else if (this.#column.kind === "bool") this.#reserve((at >> 3) + 1);
      else this.#reserve((at + 1) * (this.#column.kind === "vector" ? this.#width : 1));
      return;
    }
    this.#valid[at >> 3] |= 1 << (at & 7);
    switch (this.#column.kind) {
      case "utf8":
      case "json": {
        if (typeof value !== "string") this.#refuse(value, at);
        this.#reserve(this.bytes + value.length * 3);
        this.bytes += encoder.encodeInto(value, (this.#values as Uint8Array).subarray(this.bytes)).written;
        this.#offsets[at + 1] = this.bytes;
        return;
      }
      case "label": {
        if (typeof value !== "string") this.#refuse(value, at);
        const { labels } = this.#column;
        if (labels && !labels.includes(value)) this.#refuse(value, at);
        let code = this.#dictionary!.get(value);
        if (code === undefined) this.#dictionary!.set(value, code = this.#dictionary!.size);
        this.#reserve(at + 1);
        this.#values[at] = code;
        return;
      }
      case "int32":
        if (!Number.isInteger(value) || (value as number) !== ((value as number) | 0)) this.#refuse(value, at);
        this.#reserve(at + 1);
        this.#values[at] = value as number;
        return;
      case "float32":
      case "float64":
        if (typeof value !== "number") this.#refuse(value, at);
        this.#reserve(at + 1);
        this.#values[at] = value;
        return;
      case "bool":
        if (typeof value !== "boolean") this.#refuse(value, at);
        this.#reserve((at >> 3) + 1);
        if (value) this.#values[at >> 3] |= 1 << (at & 7);
        return;
      case "vector": {
        if (!(value instanceof Float32Array)) this.#refuse(value, at);
        if (at === 0) this.#width = value.length;
        if (value.length !== this.#width) this.#refuse(value, at);
        this.#reserve((at + 1) * this.#width);
        (this.#values as Float32Array).set(value, at * this.#width);
        return;
      }
      default:
        return this.#column.kind satisfies never;
    }
  }

  #reserve(length: number): void {
    if (length > this.#values.length) this.#values = grown(this.#values, length);
  }

  #refuse(value: unknown, at: number): never {
    const found = value === undefined
      ? "nothing"
      : value instanceof Float32Array
      ? `${value.length} numbers`
      : JSON.stringify(value)?.slice(0, 60);
    const { kind, labels } = this.#column;
    const wanted = labels ? `one of ${labels.join(", ")}` : kind === "vector" ? `${this.#width} float32 numbers` : kind;
    throw new KitError(`Cannot append row ${at} to ${this.#table}: found ${found}, wanted ${wanted}`, {
      field: this.#name,
    });
  }

  finish(): Parts {
    const nullCount = this.#nulls;
    const nullBitmap = nullCount > 0 ? this.#valid : undefined;
    const values = this.#values;
    const { kind } = this.#column;
    return {
      width: this.#width,
      data: (type, length, dictionary) => {
        const common = { type, length, nullCount, nullBitmap };
        // deno-lint-ignore no-explicit-any -- makeData's overloads do not take a union of types
        const make = (props: Record<string, unknown>) => arrow.makeData({ ...common, ...props } as any) as arrow.Data;
        if (kind === "utf8" || kind === "json") {
          return make({ valueOffsets: this.#offsets.subarray(0, length + 1), data: values.subarray(0, this.bytes) });
        }
        if (kind === "label") return make({ data: values.subarray(0, length), dictionary });
        if (kind === "vector") {
          const width = (type as arrow.FixedSizeList).listSize;
          const data = values.subarray(0, length * width) as Float32Array;
          return make({
            child: arrow.makeData({ type: new arrow.Float32(), length: length * width, nullCount: 0, data }),
          });
        }
        return make({ data: kind === "bool" ? values.subarray(0, (length + 7) >> 3) : values.subarray(0, length) });
      },
    };
  }
}

function grown<T extends Numbers>(array: T, length: number): T {
  const larger = new (array.constructor as new (length: number) => T)(Math.max(length, array.length * 2));
  larger.set(array as never);
  return larger;
}
