import assert from "node:assert/strict";
import { KitError, type Random, random } from "../../lib/core/mod.ts";

const SEED = 20_261;
/** Time limit per file, generous for a busy machine. */
const PATIENCE_MS = 5_000;

/** What one round of {@link fuzz} does to its input. */
export type Mutation = (bytes: Uint8Array, stream: Random) => Uint8Array;

/** A copy with a few bytes changed, removed, repeated, swapped, or replaced by extreme numbers. */
export function mutated(bytes: Uint8Array, stream: Random): Uint8Array {
  const copy = bytes.slice();
  const at = () => stream.integer(Math.max(1, copy.length));
  switch (stream.integer(6)) {
    case 0:
      return copy.slice(0, at());
    case 1: {
      const [from, to] = [at(), at()].sort((a, b) => a - b);
      return new Uint8Array([...copy.slice(0, to), ...copy.slice(from)]);
    }
    case 2: {
      const view = new DataView(copy.buffer);
      if (copy.length >= 8) {
        view.setInt32(stream.integer(copy.length - 3), [0, -1, 0x7fffffff, 1 << 20][stream.integer(4)], true);
      }
      return copy;
    }
    case 3: {
      const [from, to] = [at(), at()].sort((a, b) => a - b);
      return new Uint8Array([...copy.slice(0, from), ...copy.slice(to)]);
    }
    default:
      for (let n = 1 + stream.integer(4); n > 0; n--) {
        if (stream.integer(2)) copy[at()] = stream.integer(256);
        else copy[at()] ^= 1 << stream.integer(8);
      }
      return copy;
  }
}

/** Values that people and programs leave in JSON by mistake. */
const ODD: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  0.5,
  1e308,
  2 ** 53,
  "",
  "x",
  " ",
  "\ud800",
  "\0",
  "__proto__",
  "../x",
  "NaN",
  "y".repeat(5000),
  [],
  [null],
  [[]],
  {},
  { x: null },
];

/** JSON lines of which one value is replaced, removed, nested, or given another key; one time in four, changed bytes. */
export function mutatedJson(bytes: Uint8Array, stream: Random): Uint8Array {
  if (stream.integer(4) === 0) return mutated(bytes, stream);
  const text = new TextDecoder().decode(bytes);
  const whole = isJson(text);
  const lines = whole ? [text] : text.split("\n");
  const index = stream.integer(lines.length);
  if (!isJson(lines[index])) return mutated(bytes, stream);
  lines[index] = JSON.stringify(mutatedValue(JSON.parse(lines[index]), stream, 0)) ?? "";
  return new TextEncoder().encode(lines.join("\n"));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function mutatedValue(value: unknown, stream: Random, depth: number): unknown {
  const keys = typeof value === "object" && value !== null ? Object.keys(value) : [];
  if (keys.length === 0 || stream.integer(6) === 0 && depth > 0) {
    if (stream.integer(8) === 0) return [value];
    return ODD[stream.integer(ODD.length)];
  }
  const copy = structuredClone(value) as Record<string, unknown>;
  const key = keys[stream.integer(keys.length)];
  const choice = stream.integer(8);
  if (Array.isArray(copy)) {
    if (choice === 0) copy.splice(Number(key), 1);
    else if (choice === 1) copy.push(copy[Number(key)]);
    else copy[Number(key)] = mutatedValue(copy[Number(key)], stream, depth + 1);
  } else if (choice === 0) delete copy[key];
  else if (choice === 1) copy[`${key}x`] = copy[key];
  else copy[key] = mutatedValue(copy[key], stream, depth + 1);
  return copy;
}

/**
 * Reads mutated copies, seeded by the name. Only a {@link KitError} may be thrown, within the time limit. `read` checks
 * that what it returns can be read to the end.
 */
export async function fuzz(
  name: string,
  bytes: Uint8Array,
  read: (bytes: Uint8Array) => Promise<unknown>,
  { rounds, mutate = mutated }: { rounds: number; mutate?: Mutation },
): Promise<void> {
  await read(bytes);
  let refused = 0;
  for (let round = 0; round < rounds; round++) {
    const input = mutate(bytes, random(SEED).fork(name).fork(round));
    const start = performance.now();
    try {
      await read(input);
    } catch (error) {
      assert.ok(error instanceof KitError, `${name}, round ${round}: ${(error as Error).stack}`);
      refused++;
    }
    const took = performance.now() - start;
    assert.ok(took < PATIENCE_MS, `${name}, round ${round} took ${took} ms`);
  }
  assert.ok(refused > rounds / 20, `${name}: only ${refused} of ${rounds} were refused`);
}
