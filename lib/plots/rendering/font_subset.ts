import type { FontFace } from "./fonts.ts";

/**
 * A TrueType font with only the glyphs of `text`, small enough to embed in an SVG (about 10 kB instead of 740 kB).
 * fontkit subsets outlines and widths; this adds the other tables that browsers need (cmap, OS/2, name, post).
 */
export function fontSubset(face: FontFace, text: string): Uint8Array {
  const codes = [...new Set([...text].map((character) => character.codePointAt(0)!))]
    .filter((code) => code <= 0xffff && face.font.hasGlyphForCodePoint(code))
    .sort((a, b) => a - b);
  const subset = face.font.createSubset();
  const glyphs = codes.map((code) => subset.includeGlyph(face.font.glyphForCodePoint(code)) as number);
  const tables = readTables(subset.encode());
  const original = readTables(face.bytes);
  tables.set("OS/2", original.get("OS/2")!);
  tables.set("cmap", characterMap(codes, glyphs));
  tables.set("name", names(face.name));
  tables.set("post", post());
  return writeTables(tables);
}

function readTables(bytes: Uint8Array): Map<string, Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tables = new Map<string, Uint8Array>();
  for (let i = 0, at = 12; i < view.getUint16(4); i++, at += 16) {
    const tag = String.fromCharCode(...bytes.subarray(at, at + 4));
    const offset = view.getUint32(at + 8);
    tables.set(tag, bytes.slice(offset, offset + view.getUint32(at + 12)));
  }
  return tables;
}

/** cmap format 4 with one segment per character. */
function characterMap(codes: number[], glyphs: number[]): Uint8Array {
  const count = codes.length + 1;
  const length = 16 + 8 * count;
  const power = 2 ** Math.floor(Math.log2(count));
  const words = [0, 1, 3, 1, 0, 12, 4, length, 0, 2 * count, 2 * power, Math.log2(power), 2 * (count - power)];
  words.push(...codes, 0xffff, 0);
  words.push(...codes, 0xffff);
  words.push(...codes.map((code, i) => (glyphs[i] - code) & 0xffff), 1);
  words.push(...new Array(count).fill(0));
  return sixteen(words);
}

function names(name: string): Uint8Array {
  const entries = [[1, name], [2, "Regular"], [4, name], [6, name.replaceAll(" ", "")]] as const;
  const words = [0, entries.length, 6 + 12 * entries.length];
  let offset = 0;
  for (const [id, value] of entries) {
    words.push(3, 1, 0x409, id, 2 * value.length, offset);
    offset += 2 * value.length;
  }
  for (const [, value] of entries) words.push(...[...value].map((character) => character.charCodeAt(0)));
  return sixteen(words);
}

/** The table `post` in version 3, without glyph names. */
function post(): Uint8Array {
  return sixteen([3, 0, ...new Array(14).fill(0)]);
}

function sixteen(words: number[]): Uint8Array {
  const bytes = new Uint8Array(2 * words.length);
  const view = new DataView(bytes.buffer);
  words.forEach((word, i) => view.setUint16(2 * i, word));
  return bytes;
}

function writeTables(tables: Map<string, Uint8Array>): Uint8Array {
  const tags = [...tables.keys()].sort();
  const power = 2 ** Math.floor(Math.log2(tags.length));
  const padded = (length: number) => (length + 3) & ~3;
  const total = tags.reduce((sum, tag) => sum + padded(tables.get(tag)!.length), 12 + 16 * tags.length);
  const bytes = new Uint8Array(total);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x00010000);
  [tags.length, 16 * power, Math.log2(power), 16 * (tags.length - power)].forEach((v, i) =>
    view.setUint16(4 + 2 * i, v)
  );
  let offset = 12 + 16 * tags.length;
  let headAt = 0;
  tags.forEach((tag, i) => {
    const table = tables.get(tag)!;
    if (tag === "head") {
      headAt = offset;
      new DataView(table.buffer, table.byteOffset).setUint32(8, 0);
    }
    bytes.set(table, offset);
    const at = 12 + 16 * i;
    [...tag].forEach((character, j) => bytes[at + j] = character.charCodeAt(0));
    view.setUint32(at + 4, checksum(bytes.subarray(offset, offset + padded(table.length))));
    view.setUint32(at + 8, offset);
    view.setUint32(at + 12, table.length);
    offset += padded(table.length);
  });
  view.setUint32(headAt + 8, (0xb1b0afba - checksum(bytes)) >>> 0);
  return bytes;
}

function checksum(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let sum = 0;
  for (let at = 0; at + 4 <= bytes.length; at += 4) sum = (sum + view.getUint32(at)) >>> 0;
  return sum;
}
