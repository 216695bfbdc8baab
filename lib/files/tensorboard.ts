import { checkOptions } from "../core/options.ts";
import type { EVENTS } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";

/**
 * Options of {@link tensorBoard}.
 *
 * @category Training
 */
export interface TensorBoardOptions {
  /**
   * Time of the first event in milliseconds since 1970.
   * @default {0}
   */
  start?: number;
}

/**
 * Events of a training as a TensorBoard event file, which most experiment trackers import: a scalar for every name and
 * step. Write it under a name that contains `tfevents`.
 *
 * @category Training
 *
 * @example
 * ```ts
 * import { EVENTS, tableOf } from "@syneg/kit/tables";
 * import { tensorBoard } from "@syneg/kit";
 * const events = tableOf(EVENTS, [{ step: 1, epoch: 0.1, name: "loss", value: 2.5, wall_ms: 40 }]);
 * console.log(tensorBoard(events).length); // 82
 * ```
 */
export function tensorBoard(events: Table<typeof EVENTS>, options: TensorBoardOptions = {}): Uint8Array {
  checkOptions<TensorBoardOptions>("tensorBoard", options, { start: "number" });
  const { start = 0 } = options;
  const records = [record([double(1, start / 1000), text(3, "brain.Event:2")])];
  for (const { step, name, value, wall_ms } of events.rows()) {
    const scalar = bytes(1, [text(1, name), float(2, value)]);
    records.push(record([double(1, (start + wall_ms) / 1000), integer(2, step), bytes(5, [scalar])]));
  }
  return joined(records);
}

/** A TFRecord: length, its masked checksum, the message, its masked checksum. */
function record(fields: readonly Uint8Array[]): Uint8Array {
  const message = joined(fields);
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(message.length), true);
  return joined([length, maskedChecksum(length), message, maskedChecksum(message)]);
}

// Fields of protocol buffers: the number and wire type, then the value.

function double(field: number, value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return joined([varint(field << 3 | 1), bytes]);
}

function float(field: number, value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return joined([varint(field << 3 | 5), bytes]);
}

function integer(field: number, value: number): Uint8Array {
  return joined([varint(field << 3), varint(value)]);
}

function text(field: number, value: string): Uint8Array {
  return bytes(field, [new TextEncoder().encode(value)]);
}

function bytes(field: number, parts: readonly Uint8Array[]): Uint8Array {
  const value = joined(parts);
  return joined([varint(field << 3 | 2), varint(value.length), value]);
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push(rest % 128 + 128);
    rest = Math.floor(rest / 128);
  }
  return Uint8Array.from([...bytes, rest]);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Remainders of CRC-32C (Castagnoli) by byte. */
const REMAINDERS = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? crc >>> 1 ^ 0x82f63b78 : crc >>> 1;
  return crc;
});

/** CRC-32C, turned by 15 bits and moved, as TFRecord stores it. */
function maskedChecksum(data: Uint8Array): Uint8Array {
  let crc = 0xffffffff;
  for (const byte of data) crc = REMAINDERS[(crc ^ byte) & 255] ^ crc >>> 8;
  crc = (crc ^ 0xffffffff) >>> 0;
  const masked = ((crc >>> 15 | crc << 17) + 0xa282ead8) >>> 0;
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, masked, true);
  return bytes;
}
