import { inflateSync } from "node:zlib";

/** A picture in gray, from 0 (black) to 255, row by row. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly gray: Float32Array;
}

/** Reads an 8-bit PNG with or without alpha; what is transparent is white. */
export function readPng(bytes: Uint8Array): Picture {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [width, height, kind] = [view.getUint32(16), view.getUint32(20), bytes[25]];
  const channels = { 2: 3, 6: 4 }[kind];
  if (bytes[24] !== 8 || channels === undefined) throw new Error(`PNG of depth ${bytes[24]} and kind ${kind}`);
  const parts: Uint8Array[] = [];
  for (let at = 8; at < bytes.length;) {
    const length = view.getUint32(at);
    const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (name === "IDAT") parts.push(bytes.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  const pixels = unfilter(new Uint8Array(inflateSync(joined(parts))), width, height, channels);
  return { width, height, gray: grayOf(pixels, width * height, channels) };
}

/** Reads a binary PPM, as pdftoppm writes it. */
export function readPpm(bytes: Uint8Array): Picture {
  const [head, width, height] = /^P6\s+(\d+)\s+(\d+)\s+255\s/.exec(
    new TextDecoder("latin1").decode(bytes.subarray(0, 40)),
  )!;
  const [w, h] = [Number(width), Number(height)];
  return { width: w, height: h, gray: grayOf(bytes.subarray(head.length), w * h, 3) };
}

/** The picture `factor` times smaller: each pixel is the mean of a square. */
export function smaller({ width, height, gray }: Picture, factor: number): Picture {
  const [w, h] = [Math.floor(width / factor), Math.floor(height / factor)];
  const found = new Float32Array(w * h);
  for (let y = 0; y < h * factor; y++) {
    for (let x = 0; x < w * factor; x++) {
      found[Math.floor(y / factor) * w + Math.floor(x / factor)] += gray[y * width + x] / factor ** 2;
    }
  }
  return { width: w, height: h, gray: found };
}

/** The box around all that is not white: left, top, right, bottom. */
export function inkBox({ width, gray }: Picture): [number, number, number, number] {
  const box: [number, number, number, number] = [Infinity, Infinity, -1, -1];
  gray.forEach((value, i) => {
    if (value > 180) return;
    const [x, y] = [i % width, Math.floor(i / width)];
    box[0] = Math.min(box[0], x);
    box[1] = Math.min(box[1], y);
    box[2] = Math.max(box[2], x);
    box[3] = Math.max(box[3], y);
  });
  return box;
}

/** Share of the pixels of the common part that differ by more than `limit`. */
export function differing(a: Picture, b: Picture, limit: number): number {
  const [w, h] = [Math.min(a.width, b.width), Math.min(a.height, b.height)];
  let count = 0;
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) if (Math.abs(a.gray[y * a.width + x] - b.gray[y * b.width + x]) > limit) count++;
  }
  return count / (w * h);
}

function joined(parts: Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function unfilter(raw: Uint8Array, width: number, height: number, channels: number): Uint8Array {
  const stride = width * channels;
  const out = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)];
    for (let x = 0; x < stride; x++) {
      const left = x >= channels ? out[y * stride + x - channels] : 0;
      const above = y > 0 ? out[(y - 1) * stride + x] : 0;
      const corner = x >= channels && y > 0 ? out[(y - 1) * stride + x - channels] : 0;
      const guess = [0, left, above, (left + above) >> 1, filter === 4 ? paeth(left, above, corner) : 0][filter];
      out[y * stride + x] = raw[y * (stride + 1) + 1 + x] + guess;
    }
  }
  return out;
}

function paeth(left: number, above: number, corner: number): number {
  const [a, b, c] = [Math.abs(above - corner), Math.abs(left - corner), Math.abs(left + above - 2 * corner)];
  return a <= b && a <= c ? left : b <= c ? above : corner;
}

function grayOf(pixels: Uint8Array, count: number, channels: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => {
    const at = i * channels;
    const value = (pixels[at] + pixels[at + 1] + pixels[at + 2]) / 3;
    const alpha = channels === 4 ? pixels[at + 3] / 255 : 1;
    return 255 - alpha * (255 - value);
  });
}
