import { isAscii, isUtf8 } from "node:buffer";
import * as arrow from "apache-arrow";
import { KitError } from "../core/errors.ts";

/**
 * Checks that a column's buffers hold what its type and length promise, so that no later read can leave them: lengths,
 * offsets in order and inside, UTF-8, dictionary codes inside the dictionary.
 *
 * @throws {KitError} that says what is broken.
 */
export function verifyVector(vector: arrow.Vector, file: string | undefined, field: string): void {
  const fail = (what: string): never => {
    throw new KitError(`Cannot read a broken Arrow file: ${what}`, { file, field });
  };
  for (const chunk of vector.data) verifyChunk(chunk, fail);
}

function verifyChunk(chunk: arrow.Data, fail: (what: string) => never): void {
  const { type, length, offset } = chunk;
  if (chunk.nullCount > 0 && (chunk.nullBitmap?.length ?? 0) * 8 < offset + length) fail("its null bitmap is cut off");
  if (arrow.DataType.isUtf8(type)) return verifyText(chunk, fail);
  if (arrow.DataType.isFixedSizeList(type)) {
    const child = chunk.children[0];
    if (!(type.listSize > 0) && length > 0) fail("its vectors have no width");
    if (child === undefined || child.length < length * type.listSize) fail("its vectors are cut off");
    if (child.nullCount > 0) fail("its vectors hold nulls");
    return verifyChunk(child, fail);
  }
  const bits = arrow.DataType.isBool(type);
  const size = chunk.values?.length ?? 0;
  if (bits ? size * 8 < offset + length : size < length) fail("its values are cut off");
  if (!arrow.DataType.isDictionary(type)) return;
  if (chunk.dictionary === undefined) {
    if (length > chunk.nullCount) fail("its dictionary is missing");
    return;
  }
  for (const words of chunk.dictionary.data) verifyChunk(words, fail);
  if (chunk.dictionary.nullCount > 0) fail("its dictionary holds nulls");
  const count = chunk.dictionary.length;
  for (let i = 0; i < length; i++) {
    const code = chunk.values[i];
    if ((code < 0 || code >= count) && chunk.getValid(i)) fail(`code ${code} of row ${i} is not in its dictionary`);
  }
}

function verifyText(chunk: arrow.Data, fail: (what: string) => never): void {
  const { length } = chunk;
  const offsets = chunk.valueOffsets as Int32Array | undefined;
  const values = chunk.values as Uint8Array;
  if (length === 0) return;
  if (offsets === undefined || offsets.length < length + 1) return fail("its offsets are cut off");
  let previous = offsets[0];
  if (previous < 0) fail("its offsets begin below 0");
  for (let i = 1; i <= length; i++) {
    const next = offsets[i];
    if (next < previous) fail(`the offsets of row ${i - 1} go backwards`);
    previous = next;
  }
  if (previous > values.length) fail("its offsets end behind its text");
  const text = values.subarray(offsets[0], previous);
  if (isAscii(text)) return;
  if (!isUtf8(text)) fail("its text is no UTF-8");
  // UTF-8 as a whole, but a row may still begin inside a character.
  for (let i = 0; i < length; i++) {
    if (offsets[i] < previous && (values[offsets[i]] & 0xc0) === 0x80) fail(`row ${i} begins inside a character`);
  }
}
