import { isAscii, isUtf8 } from "node:buffer";
import * as arrow from "apache-arrow";
import { KitError } from "../../core/errors.ts";

type Fail = (what: string) => never;
const { DataType } = arrow;

/**
 * Verifies that a column's buffers match its type and length, so that no later read leaves them: lengths, ordered offsets
 * within bounds, UTF-8, dictionary codes.
 *
 * @throws {KitError} naming what is broken.
 */
export function verifyVector(vector: arrow.Vector, file: string | undefined, field: string): void {
  const fail = (what: string): never => {
    throw new KitError(`Cannot read a broken Arrow file: ${what}`, { file, field });
  };
  const checked = new Set<arrow.Vector>();
  for (const chunk of vector.data) verifyChunk(chunk, fail, checked);
}

/** `checked` collects the dictionaries verified, which chunks share. */
function verifyChunk(chunk: arrow.Data, fail: Fail, checked: Set<arrow.Vector>): void {
  const { type, length, offset } = chunk;
  if (DataType.isNull(type)) return;
  if (chunk.nullCount > 0 && (chunk.nullBitmap?.length ?? 0) * 8 < offset + length) fail("its null bitmap is cut off");
  if (length === 0) return;
  const text = DataType.isUtf8(type) || DataType.isLargeUtf8(type);
  if (text || DataType.isBinary(type) || DataType.isLargeBinary(type)) return verifyBytes(chunk, text, fail);
  if (DataType.isUtf8View(type) || DataType.isBinaryView(type)) return verifyViews(chunk, fail);
  if (DataType.isFixedSizeList(type)) {
    const child = chunk.children[0];
    if (!(type.listSize > 0)) fail("its vectors have no width");
    if (child === undefined || child.length < length * type.listSize) fail("its vectors are cut off");
    return verifyChunk(child, fail, checked);
  }
  if (DataType.isList(type) || DataType.isLargeList(type) || DataType.isMap(type)) {
    if (verifyOffsets(chunk, fail) > (chunk.children[0]?.length ?? 0)) fail("its offsets exceed its elements");
    return verifyChunk(chunk.children[0], fail, checked);
  }
  if (DataType.isStruct(type)) {
    for (const child of chunk.children) {
      if (child.length < length) fail("its fields have different lengths");
      verifyChunk(child, fail, checked);
    }
    return;
  }
  const size = chunk.values?.byteLength ?? 0;
  if (DataType.isBool(type) ? size * 8 < offset + length : size < length * widthOf(type, fail)) {
    fail("its values are cut off");
  }
  if (DataType.isDictionary(type)) verifyCodes(chunk, fail, checked);
}

/** Bytes of one value. */
function widthOf(type: arrow.DataType, fail: Fail): number {
  if (DataType.isDictionary(type)) return widthOf(type.indices, fail);
  if (DataType.isInt(type) || DataType.isTime(type) || DataType.isDecimal(type)) return type.bitWidth / 8;
  if (DataType.isFloat(type)) return [2, 4, 8][type.precision] ?? fail("its numbers have no known size");
  if (DataType.isDate(type)) return type.unit === arrow.DateUnit.DAY ? 4 : 8;
  if (DataType.isTimestamp(type) || DataType.isDuration(type)) return 8;
  if (DataType.isInterval(type)) return type.unit === arrow.IntervalUnit.YEAR_MONTH ? 4 : type.unit === 2 ? 16 : 8;
  if (DataType.isFixedSizeBinary(type)) return type.byteWidth > 0 ? type.byteWidth : fail("its values have no width");
  if (DataType.isBool(type)) return 1;
  return fail(`columns of the type ${type} are not read; write it as text, numbers, lists or structs`);
}

function verifyCodes(chunk: arrow.Data, fail: Fail, checked: Set<arrow.Vector>): void {
  const { dictionary, length, values } = chunk;
  if (dictionary === undefined) {
    if (length > chunk.nullCount) fail("its dictionary is missing");
    return;
  }
  if (!checked.has(dictionary)) {
    for (const words of dictionary.data) verifyChunk(words, fail, checked);
    checked.add(dictionary);
  }
  const count = dictionary.length;
  for (let i = 0; i < length; i++) {
    const code = Number(values[i]);
    if ((code < 0 || code >= count) && chunk.getValid(i)) fail(`code ${code} of row ${i} is not in its dictionary`);
  }
}

/** Checks that a chunk's offsets are in order; returns the last. */
function verifyOffsets(chunk: arrow.Data, fail: Fail): number {
  const { length } = chunk;
  const offsets = chunk.valueOffsets as Int32Array | BigInt64Array | undefined;
  if (offsets === undefined || offsets.length < length + 1) return fail("its offsets are cut off");
  let previous = offsets[0];
  if (previous < 0) fail("its offsets begin below 0");
  for (let i = 1; i <= length; i++) {
    const next = offsets[i];
    if (next < previous) fail(`the offsets of row ${i - 1} go backwards`);
    previous = next;
  }
  return Number(previous);
}

function verifyBytes(chunk: arrow.Data, text: boolean, fail: Fail): void {
  const { length } = chunk;
  const end = verifyOffsets(chunk, fail);
  const offsets = chunk.valueOffsets as Int32Array | BigInt64Array;
  const values = chunk.values as Uint8Array;
  if (end > values.length) fail(`its offsets exceed its ${text ? "text" : "bytes"}`);
  if (!text) return;
  const whole = values.subarray(Number(offsets[0]), end);
  if (isAscii(whole)) return;
  if (!isUtf8(whole)) fail("its text is not UTF-8");
  // The text is UTF-8, but a row may still start inside a character.
  for (let i = 0; i < length; i++) {
    const at = Number(offsets[i]);
    if (at < end && (values[at] & 0xc0) === 0x80) fail(`row ${i} begins inside a character`);
  }
}

/** Bytes of a view, and the maximum bytes stored in it. */
const VIEW = 16;
const INLINE = 12;

function verifyViews(chunk: arrow.Data, fail: Fail): void {
  const { length, variadicBuffers = [] } = chunk as arrow.Data & { variadicBuffers?: Uint8Array[] };
  const views = chunk.values as Uint8Array;
  if (views.length < length * VIEW) fail("its values are cut off");
  const view = new DataView(views.buffer, views.byteOffset, views.byteLength);
  const text = DataType.isUtf8View(chunk.type);
  for (let i = 0; i < length; i++) {
    if (!chunk.getValid(i)) continue;
    const at = i * VIEW;
    const size = view.getInt32(at, true);
    const inline = size <= INLINE;
    const buffer = inline ? views : variadicBuffers[view.getInt32(at + 8, true)];
    const start = inline ? at + 4 : view.getInt32(at + 12, true);
    if (size < 0 || start < 0 || buffer === undefined || start + size > buffer.length) {
      return fail(`the value of row ${i} leaves its buffer`);
    }
    if (text && !isUtf8(buffer.subarray(start, start + size))) fail(`the text of row ${i} is not UTF-8`);
  }
}
