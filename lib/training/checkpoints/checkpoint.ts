import { createHash } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import { explain } from "../../core/explain.ts";
import { KitError } from "../../core/errors.ts";
import { exists, fileError, writeAtomic } from "../../core/files.ts";

/** JSON about a training; only the trainer reads it. */
export type CheckpointState = Record<string, unknown>;

/** A checkpoint read back. */
export interface Checkpoint {
  readonly path: string;
  readonly state: CheckpointState;
  /** Bytes by name. */
  readonly blocks: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
}

const FORMAT = "syneg-checkpoint-1";

/**
 * Writes a checkpoint as one file: the header's length, the header (JSON), the blocks, and the sha256 of all that. The
 * file is written whole or not at all; if the disk is full, earlier checkpoints are untouched.
 */
export async function writeCheckpoint(
  path: string,
  state: CheckpointState,
  blocks: ReadonlyMap<string, ArrayBufferView>,
): Promise<void> {
  const index = [...blocks].map(([name, { byteLength }]) => ({ name, bytes: byteLength }));
  const header = new TextEncoder().encode(JSON.stringify({ format: FORMAT, state, blocks: index }));
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(header.length), true);
  const parts = function* () {
    const hash = createHash("sha256");
    const views = [...blocks.values()].map((view) =>
      new Uint8Array(view.buffer as ArrayBuffer, view.byteOffset, view.byteLength)
    );
    for (const part of [length, header, ...views]) {
      hash.update(part);
      if (part.length > 0) yield part;
    }
    yield new TextEncoder().encode(hash.digest("hex"));
  };
  await writeAtomic(path, ReadableStream.from(parts()), { overwrite: true });
}

/**
 * Reads a checkpoint and verifies its digest.
 *
 * @throws {KitError} naming the file if it is cut off or was changed.
 */
export async function readCheckpoint(path: string): Promise<Checkpoint> {
  const refuse = (why: string): never => {
    throw new KitError(`Cannot read the checkpoint: ${why}`, { file: path });
  };
  using file = await Deno.open(path).catch((error) => {
    throw fileError("read the checkpoint", path, error);
  });
  const { size, isFile } = await file.stat();
  if (!isFile) refuse("it is not a file");
  const hash = createHash("sha256");
  const take = async (bytes: number, what: string) => {
    const data = new Uint8Array(bytes);
    for (let at = 0; at < bytes;) {
      const read = await file.read(data.subarray(at));
      if (read === null) refuse(`the file ends inside ${what}`);
      else at += read;
    }
    return data;
  };
  const length = await take(8, "its first 8 bytes");
  const headerLength = Number(new DataView(length.buffer).getBigUint64(0, true));
  if (headerLength > size - 8) refuse(`its header claims ${headerLength} bytes, the file holds ${size}`);
  const header = await take(headerLength, "the header");
  hash.update(length).update(header);
  const content = readHeader(header, refuse);
  const wanted = 8 + headerLength + content.blocks.reduce((sum, { bytes }) => sum + bytes, 0) + 64;
  if (wanted !== size) refuse(`found ${size} bytes, its header claims ${wanted}`);
  const blocks = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const { name, bytes } of content.blocks) {
    const block = await take(bytes, `"${name}"`);
    hash.update(block);
    blocks.set(name, block);
  }
  const digest = new TextDecoder().decode(await take(64, "its digest"));
  const found = hash.digest("hex");
  if (digest !== found) refuse(`its content has the sha256 ${found}, it says ${digest}`);
  return { path, state: content.state, blocks };
}

const HEADER = z.strictObject({
  format: z.string(),
  state: z.record(z.string(), z.unknown()),
  blocks: z.array(z.strictObject({ name: z.string(), bytes: z.int().min(0) })),
});

function readHeader(header: Uint8Array, refuse: (why: string) => never): z.infer<typeof HEADER> {
  let content: unknown;
  try {
    content = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(header));
  } catch {
    return refuse("its header is not JSON");
  }
  const format = (content as { format?: unknown } | null)?.format;
  if (format !== FORMAT) refuse(`found format ${JSON.stringify(format)}, wanted "${FORMAT}"`);
  const parsed = HEADER.safeParse(content);
  if (!parsed.success) return refuse(explain({ schema: HEADER, value: content, error: parsed.error }, "header"));
  const names = parsed.data.blocks.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) refuse(`two blocks of its header are named "${twice}"`);
  return parsed.data;
}

const NAME = /^step-(\d+)\.checkpoint$/;

/** Path of the checkpoint of a step. */
export function checkpointPath(folder: string, step: number): string {
  return join(folder, `step-${String(step).padStart(8, "0")}.checkpoint`);
}

/** The checkpoints of a folder, newest first. */
export async function listCheckpoints(folder: string): Promise<{ path: string; step: number }[]> {
  if (!await exists(folder)) return [];
  const found: { path: string; step: number }[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) {
      const match = NAME.exec(name);
      if (match) found.push({ path: join(folder, name), step: Number(match[1]) });
    }
  } catch (error) {
    throw fileError("look for checkpoints", folder, error);
  }
  return found.sort((a, b) => b.step - a.step);
}

/** Removes all but the newest `keep` checkpoints, and what killed writers left unfinished. */
export async function pruneCheckpoints(folder: string, keep: number): Promise<void> {
  for (const { path } of (await listCheckpoints(folder)).slice(keep)) await Deno.remove(path);
  for await (const { name } of Deno.readDir(folder)) {
    if (/\.checkpoint\.\d+-\d+\.part$/.test(name)) await Deno.remove(join(folder, name)).catch(() => {});
  }
}

/**
 * Compares a checkpoint with the training that resumes it.
 *
 * @throws {KitError} listing every difference.
 */
export function checkSame(
  found: Readonly<Record<string, unknown>>,
  wanted: Readonly<Record<string, unknown>>,
  what: string,
  path: string,
): void {
  const differences = [...new Set([...Object.keys(found), ...Object.keys(wanted)])]
    .filter((key) => JSON.stringify(found[key]) !== JSON.stringify(wanted[key]))
    .map((key) => `${key} was ${JSON.stringify(found[key])}, is ${JSON.stringify(wanted[key])}`);
  if (differences.length > 0) {
    throw new KitError(`Cannot resume: the checkpoint is of another ${what}: ${differences.join("; ")}`, {
      file: path,
    });
  }
}
