import { type Shape, verifyFlatbuffer } from "./verify_flatbuffer.ts";

// The tables of Arrow's format/Schema.fbs, Message.fbs and File.fbs.
const keyValue: Shape = () => ["string", "string"];
const int: Shape = () => [4, 1];
const types: Readonly<Record<number, Shape>> = {
  2: int,
  3: () => [2],
  7: () => [4, 4, 4],
  8: () => [2],
  9: () => [2, 4],
  10: () => [2, "string"],
  11: () => [2],
  14: () => [2, { vector: 4 }],
  15: () => [4],
  16: () => [4],
  17: () => [1],
  18: () => [2],
  19: () => [],
  20: () => [],
  21: () => [],
  23: () => [],
  24: () => [],
};
const noSlots: Shape = () => [];
const dictionaryEncoding: Shape = () => [8, int, 1, 2];
const field: Shape = () => [
  "string",
  1,
  1,
  { union: (tag) => types[tag] ?? noSlots },
  dictionaryEncoding,
  { vector: field },
  { vector: keyValue },
];
const schema: Shape = () => [2, { vector: field }, { vector: keyValue }, { vector: 8 }];
const footer: Shape = () => [2, schema, { vector: 24 }, { vector: 24 }, { vector: keyValue }];
const recordBatch: Shape = () => [8, { vector: 16 }, { vector: 16 }, () => [1, 1], { vector: 8 }];
const dictionaryBatch: Shape = () => [8, recordBatch, 1];
const headers: Readonly<Record<number, Shape>> = { 1: schema, 2: dictionaryBatch, 3: recordBatch };
const message: Shape = () => [2, 1, { union: (tag) => headers[tag] ?? noSlots }, 8, { vector: keyValue }];

/** Bytes after the footer: its length and the magic word. */
const TAIL = 10;
const CONTINUED = 0xffffffff;
/** Kinds of messages. */
const [SCHEMA, DICTIONARY, BATCH] = [1, 2, 3];
/** Bytes before each compressed buffer that state its length, and their value if it is not compressed. */
const PREFIX = 8;
const NOT_PACKED = -1;

/** Called with the unpacked sizes that compressed buffers state. */
export type Meter = (bytes: number) => void;

/**
 * Verifies the metadata of an Arrow IPC file before Apache Arrow reads it: footer, blocks, messages, and the unpacked sizes
 * of compressed buffers.
 *
 * @throws {RangeError} naming what is broken.
 */
export function verifyIpcFile(bytes: Uint8Array, meter: Meter): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 8 + TAIL) throw new RangeError("it is cut off");
  const length = view.getInt32(bytes.length - TAIL, true);
  const start = bytes.length - TAIL - length;
  if (length < 8 || start < 8) throw new RangeError(`its footer of ${length} bytes leaves the file`);
  const end = bytes.subarray(start, start + length);
  verifyFlatbuffer(end, footer);
  const endView = new DataView(end.buffer, end.byteOffset, end.byteLength);
  verifySchema(endView, referred(endView, endView.getUint32(0, true), 1));
  // The slots of the footer have the numbers of the messages that they list: 2 dictionaries, 3 record batches.
  for (const slot of [2, 3]) {
    for (const { offset, metadata, body } of blocks(end, slot)) {
      if (offset < 8 || metadata < 16 || body < 0 || offset + metadata + body > start) {
        throw new RangeError("a block leaves the file");
      }
      const message = verifyMessage(bytes.subarray(offset, offset + metadata), slot);
      if (message.body > body) throw new RangeError("a message's body leaves its block");
      meterBatch(message, bytes.subarray(offset + metadata, offset + metadata + body), meter);
    }
  }
}

/**
 * Verifies the messages of an Arrow IPC stream, up to its end mark, before Apache Arrow reads it.
 *
 * @throws {RangeError} naming what is broken, or if the stream is truncated.
 */
export function verifyIpcStream(bytes: Uint8Array, meter: Meter): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0, first = true;; first = false) {
    if (at + 4 > bytes.length) throw new RangeError("it is cut off (its mark of the end is missing)");
    const prefix = view.getUint32(at, true) === CONTINUED ? 8 : 4;
    if (at + prefix > bytes.length) throw new RangeError("it is cut off");
    const length = view.getInt32(at + prefix - 4, true);
    if (length === 0 && !first) {
      if (at + prefix !== bytes.length) throw new RangeError("something else follows its mark of the end");
      return;
    }
    const end = at + prefix + length;
    if (length < 8 || end > bytes.length) throw new RangeError(first ? "it is not an Arrow stream" : "it is cut off");
    const message = verifyMessage(bytes.subarray(at, end), ...(first ? [SCHEMA] : [DICTIONARY, BATCH]));
    if (end + message.body > bytes.length) throw new RangeError("it is cut off");
    if (first) verifySchema(message.view, message.header);
    else meterBatch(message, bytes.subarray(end, end + message.body), meter);
    at = end + message.body;
  }
}

/** Refuses big-endian numbers. */
function verifySchema(view: DataView, table: number): void {
  const endianness = slotOf(view, table, 0);
  if (endianness !== undefined && view.getUint16(endianness, true) !== 0) {
    throw new RangeError("its numbers are big-endian; write it on a little-endian machine");
  }
}

interface Message {
  view: DataView;
  kind: number;
  /** Offset of the header's table. */
  header: number;
  /** Bytes of the body that follows. */
  body: number;
}

/** The blocks in a slot of a verified footer. */
function* blocks(bytes: Uint8Array, slot: number): Generator<{ offset: number; metadata: number; body: number }> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const vector = slotOf(view, view.getUint32(0, true), slot);
  if (vector === undefined) return;
  const start = vector + view.getUint32(vector, true);
  const count = view.getUint32(start, true);
  for (let i = 0, at = start + 4; i < count; i++, at += 24) {
    yield {
      offset: Number(view.getBigInt64(at, true)),
      metadata: view.getInt32(at + 8, true),
      body: Number(view.getBigInt64(at + 16, true)),
    };
  }
}

function verifyMessage(bytes: Uint8Array, ...kinds: number[]): Message {
  const outer = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const prefix = outer.getUint32(0, true) === CONTINUED ? 8 : 4;
  const length = outer.getInt32(prefix - 4, true);
  if (length < 8 || prefix + length > bytes.length) throw new RangeError("a message leaves its block");
  const inner = bytes.subarray(prefix, prefix + length);
  verifyFlatbuffer(inner, message);
  const view = new DataView(inner.buffer, inner.byteOffset, inner.byteLength);
  const root = view.getUint32(0, true);
  const tag = slotOf(view, root, 1);
  const kind = tag === undefined ? 0 : inner[tag];
  if (!kinds.includes(kind)) throw new RangeError("a message is of the wrong kind");
  const bodyLength = slotOf(view, root, 3);
  const body = bodyLength === undefined ? 0 : Number(view.getBigInt64(bodyLength, true));
  if (body < 0) throw new RangeError("a message's body has a negative length");
  return { view, kind, header: referred(view, root, 2), body };
}

/** Counts the unpacked sizes that the compressed buffers of a batch state. */
function meterBatch({ view, kind, header }: Message, body: Uint8Array, meter: Meter): void {
  const batch = kind === DICTIONARY ? referred(view, header, 1) : header;
  const buffers = slotOf(view, batch, 2);
  if (buffers === undefined) return;
  const packed = slotOf(view, batch, 3) !== undefined;
  const bodyView = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const start = buffers + view.getUint32(buffers, true);
  const count = view.getUint32(start, true);
  for (let i = 0, at = start + 4; i < count; i++, at += 16) {
    const offset = Number(view.getBigInt64(at, true));
    const length = Number(view.getBigInt64(at + 8, true));
    if (!(offset >= 0 && length >= 0 && offset + length <= body.length)) {
      throw new RangeError("a buffer leaves its message");
    }
    if (!packed || length === 0) continue;
    if (length < PREFIX) throw new RangeError("a packed buffer is cut off");
    const stated = Number(bodyView.getBigInt64(offset, true));
    if (stated !== NOT_PACKED) meter(stated < 0 ? Infinity : stated);
  }
}

/** Offset of the table in a slot. @throws {RangeError} if there is none. */
function referred(view: DataView, table: number, slot: number): number {
  const at = slotOf(view, table, slot);
  if (at === undefined) throw new RangeError("a message lacks its header");
  return at + view.getUint32(at, true);
}

/** Offset of the value of a slot; undefined if the table does not have it. */
function slotOf(view: DataView, table: number, slot: number): number | undefined {
  const vtable = table - view.getInt32(table, true);
  if (4 + 2 * slot >= view.getUint16(vtable, true)) return undefined;
  const offset = view.getUint16(vtable + 4 + 2 * slot, true);
  return offset === 0 ? undefined : table + offset;
}
