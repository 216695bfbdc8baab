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

/** Bytes behind the footer: its length and the magic word. */
const TAIL = 10;
const CONTINUED = 0xffffffff;

/**
 * Checks the metadata of an Arrow IPC file before it is handed to the library: footer, blocks, messages.
 *
 * @throws {RangeError} that says what is broken.
 */
export function verifyIpcFile(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 8 + TAIL) throw new RangeError("it is cut off");
  const length = view.getInt32(bytes.length - TAIL, true);
  const start = bytes.length - TAIL - length;
  if (length < 8 || start < 8) throw new RangeError(`its footer of ${length} bytes leaves the file`);
  const end = bytes.subarray(start, start + length);
  verifyFlatbuffer(end, footer);
  // The slots of the footer have the numbers of the messages that they list: 2 dictionaries, 3 record batches.
  for (const slot of [2, 3]) {
    for (const { offset, metadata, body } of blocks(end, slot)) {
      if (offset < 8 || metadata < 16 || body < 0 || offset + metadata + body > start) {
        throw new RangeError("a block leaves the file");
      }
      verifyMessage(bytes.subarray(offset, offset + metadata), body, slot);
    }
  }
}

/** The blocks that a footer lists in one of its slots; the footer is verified already. */
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

function verifyMessage(bytes: Uint8Array, body: number, kind: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const prefix = view.getUint32(0, true) === CONTINUED ? 8 : 4;
  const length = view.getInt32(prefix - 4, true);
  if (length < 8 || prefix + length > bytes.length) throw new RangeError("a message leaves its block");
  const inner = bytes.subarray(prefix, prefix + length);
  verifyFlatbuffer(inner, message);
  const innerView = new DataView(inner.buffer, inner.byteOffset, inner.byteLength);
  const root = innerView.getUint32(0, true);
  const tag = slotOf(innerView, root, 1);
  if (tag === undefined || inner[tag] !== kind) throw new RangeError("a message is of the wrong kind");
  const bodyLength = slotOf(innerView, root, 3);
  if (bodyLength !== undefined && Number(innerView.getBigInt64(bodyLength, true)) > body) {
    throw new RangeError("a message's body leaves its block");
  }
}

/** Where a slot's value stands, or undefined if the table lacks it. */
function slotOf(view: DataView, table: number, slot: number): number | undefined {
  const vtable = table - view.getInt32(table, true);
  if (4 + 2 * slot >= view.getUint16(vtable, true)) return undefined;
  const offset = view.getUint16(vtable + 4 + 2 * slot, true);
  return offset === 0 ? undefined : table + offset;
}
