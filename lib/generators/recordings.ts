import { fileURLToPath } from "node:url";
import { z } from "zod";
import { KitError } from "../core/errors.ts";
import { exists } from "../core/files.ts";
import { readJsonLines } from "../files/json_lines.ts";
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
  count: z.int().min(1),
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
  const lines = await readJsonLines(path, { schema: LINE, what: "a recorded reply" });
  return lines.map(({ reply, ...rest }) => ({
    ...rest,
    reply: typeof reply === "string" ? reply : JSON.stringify(reply),
  }));
}
