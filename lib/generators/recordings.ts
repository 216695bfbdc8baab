import { fileURLToPath } from "node:url";
import { z } from "zod";
import { KitError } from "../core/errors.ts";
import { exists } from "../core/files.ts";
import { readText } from "../files/source.ts";
import type { Collection } from "../collections/types.ts";
import type { DrawnAttributes } from "./recipe.ts";

/** A recorded reply of a model, with what was drawn for it. */
export interface Recording {
  readonly recipe: string;
  readonly model: string;
  readonly query_id: string;
  readonly query: string;
  readonly positive_id: string;
  readonly attributes: DrawnAttributes;
  readonly count: number;
  /** The reply as text, as the ledger stores it. */
  readonly reply: string;
}

const LINE = z.object({
  recipe: z.string(),
  model: z.string(),
  query_id: z.string(),
  query: z.string(),
  positive_id: z.string(),
  attributes: z.record(z.string(), z.string()),
  count: z.number().int().positive(),
  reply: z.union([z.string(), z.record(z.string(), z.unknown())]),
});

/** Where the recordings of a collection stand: `replies.jsonl` beside its other files. */
export async function recordingsPath(collection: Pick<Collection, "name">): Promise<string> {
  const builtIn = fileURLToPath(new URL(`../../data/${collection.name}/replies.jsonl`, import.meta.url));
  const candidates = /^[\w-]+$/.test(collection.name) ? [builtIn] : [`${collection.name}/replies.jsonl`];
  for (const path of candidates) if (await exists(path)) return path;
  throw new KitError(`Cannot replay: collection "${collection.name}" has no recorded replies`, { file: candidates[0] });
}

/** Reads recorded replies, one JSON object a line. @throws {KitError} that names file, line and field of a bad one. */
export async function readRecordings(path: string): Promise<Recording[]> {
  const lines = (await readText(path)).split("\n");
  const recordings: Recording[] = [];
  for (const [index, line] of lines.entries()) {
    if (line.trim() === "") continue;
    recordings.push(recordingOf(line, path, index + 1));
  }
  return recordings;
}

function recordingOf(line: string, file: string, number: number): Recording {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new KitError(`Cannot read a recorded reply: ${(cause as Error).message}`, { file, line: number });
  }
  const parsed = LINE.safeParse(value);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0];
    throw new KitError(`Cannot read a recorded reply: ${message}`, { file, line: number, field: path.join(".") });
  }
  const { reply, ...rest } = parsed.data;
  return { ...rest, reply: typeof reply === "string" ? reply : JSON.stringify(reply) };
}
