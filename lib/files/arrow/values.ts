import * as arrow from "apache-arrow";
import { textView } from "../../tables/columns.ts";
import { Bytes, decimalOf, textOrBytes } from "../exact_values.ts";
import { dateText, timestampText, timeText, type TimeUnit } from "../iso_time.ts";

const { DataType } = arrow;
type Read = (i: number) => unknown;

/** Arrow's units of time, by number. */
const UNITS: readonly TimeUnit[] = ["second", "millisecond", "microsecond", "nanosecond"];

/**
 * Returns a reader of the cells of a verified chunk as JSON values: numbers, exact integers, text, booleans, arrays,
 * objects, null; times in ISO 8601; bytes as text if they are UTF-8.
 */
export function cellsOf(chunk: arrow.Data): Read {
  const read = valuesOf(chunk);
  return chunk.nullCount > 0 && !DataType.isNull(chunk.type) ? (i) => chunk.getValid(i) ? read(i) : null : read;
}

function valuesOf(chunk: arrow.Data): Read {
  const { type, values, valueOffsets } = chunk;
  if (DataType.isNull(type)) return () => null;
  if (DataType.isDictionary(type)) {
    const words = chunk.dictionary ? [...everyCell(chunk.dictionary)] : [];
    return (i) => words[Number(values[i])];
  }
  if (DataType.isUtf8(type)) {
    const view = textView(new arrow.Vector([chunk]));
    return (i) => view.at(i);
  }
  if (DataType.isLargeUtf8(type) || DataType.isBinary(type) || DataType.isLargeBinary(type)) {
    return (i) => textOrBytes(values.subarray(Number(valueOffsets[i]), Number(valueOffsets[i + 1])));
  }
  if (DataType.isUtf8View(type) || DataType.isBinaryView(type)) {
    const vector = new arrow.Vector<arrow.BinaryView>([
      DataType.isBinaryView(type) ? chunk as never : asBinary(chunk) as never,
    ]);
    return (i) => textOrBytes(vector.get(i)!);
  }
  if (DataType.isFixedSizeBinary(type)) {
    return (i) => new Bytes(values.slice(i * type.byteWidth, (i + 1) * type.byteWidth));
  }
  return nestedOf(chunk) ?? timesOf(chunk) ?? plainOf(chunk);
}

/** Lists, maps and structs. */
function nestedOf(chunk: arrow.Data): Read | undefined {
  const { type, valueOffsets, children } = chunk;
  if (DataType.isStruct(type)) {
    const fields = type.children.map(({ name }, j) => [name, cellsOf(children[j])] as const);
    return (i) => Object.fromEntries(fields.map(([name, read]) => [name, read(i)]));
  }
  if (DataType.isMap(type)) {
    const [key, value] = children[0].children.map(cellsOf);
    return (i) =>
      Object.fromEntries(
        range(Number(valueOffsets[i]), Number(valueOffsets[i + 1])).map((at) => [String(key(at)), value(at)]),
      );
  }
  if (DataType.isFixedSizeList(type)) {
    const read = cellsOf(children[0]);
    return (i) => range(i * type.listSize, (i + 1) * type.listSize).map(read);
  }
  if (DataType.isList(type) || DataType.isLargeList(type)) {
    const read = cellsOf(children[0]);
    return (i) => range(Number(valueOffsets[i]), Number(valueOffsets[i + 1])).map(read);
  }
}

function timesOf({ type, values }: arrow.Data): Read | undefined {
  if (DataType.isTimestamp(type)) {
    return (i) => timestampText(values[i], UNITS[type.unit], Boolean(type.timezone));
  }
  if (DataType.isTime(type)) return (i) => timeText(BigInt(values[i]), UNITS[type.unit]);
  if (DataType.isDate(type)) {
    const day = type.unit === arrow.DateUnit.DAY;
    return (i) => dateText(day ? values[i] : Math.floor(Number(values[i]) / 86_400_000));
  }
  if (DataType.isDecimal(type)) {
    const words = type.bitWidth / 32;
    return (i) => decimalOf(integerOf(values.subarray(i * words, (i + 1) * words)), type.scale);
  }
}

function plainOf(chunk: arrow.Data): Read {
  const vector = new arrow.Vector([chunk]);
  return (i) => {
    const value = vector.get(i);
    return ArrayBuffer.isView(value) ? Array.from(value as Int32Array) : value;
  };
}

/** A signed integer from 32-bit words, the least significant first. */
function integerOf(words: Uint32Array): bigint {
  let value = 0n;
  for (let j = words.length - 1; j >= 0; j--) value = value << 32n | BigInt(words[j]);
  return BigInt.asIntN(words.length * 32, value);
}

/** A chunk of views of text as one of bytes. */
function asBinary(chunk: arrow.Data): arrow.Data {
  const { length, offset, nullCount, nullBitmap, values } = chunk;
  const { variadicBuffers } = chunk as arrow.Data & { variadicBuffers: Uint8Array[] };
  return arrow.makeData({
    type: new arrow.BinaryView(),
    length,
    offset,
    nullCount,
    nullBitmap,
    views: values,
    variadicBuffers,
  });
}

function* everyCell(vector: arrow.Vector): Generator<unknown> {
  for (const chunk of vector.data) {
    const read = cellsOf(chunk);
    for (let i = 0; i < chunk.length; i++) yield read(i);
  }
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}
