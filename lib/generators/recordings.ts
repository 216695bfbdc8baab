import { fileURLToPath } from "node:url";
import * as z from "zod";
import type { Collection } from "../collections/types.ts";
import { KitError } from "../core/errors.ts";
import { exists } from "../core/files.ts";
import { readJsonLines } from "../files/json_lines.ts";
import type { LedgerRow } from "./ledger/mod.ts";
import type { DrawnAttributes } from "./recipe.ts";

/**
 * A recorded reply of a model: one line of a `replies.jsonl`.
 *
 * @category Generation
 */
export interface Recording {
  /** Name and version of the recipe: "syneg@1". */
  readonly recipe: string;
  /** Name of the model. */
  readonly model: string;
  /** Id of the query. */
  readonly query_id: string;
  /** Text of the query. */
  readonly query: string;
  /** Id of the known positive. */
  readonly positive_id: string;
  /** The drawn attributes. */
  readonly attributes: DrawnAttributes;
  /** Requested items. */
  readonly count: number;
  /** The reply as text, as the ledger stores it. */
  readonly reply: string;
  /** All attempts, if a ledger holds them. */
  readonly attempts?: readonly LedgerRow[];
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

/** Path of a collection's recordings: `replies.jsonl` beside its other files. */
export async function recordingsPath(collection: Pick<Collection, "name">): Promise<string> {
  const builtIn = fileURLToPath(new URL(`../../data/${collection.name}/replies.jsonl`, import.meta.url));
  const path = /^[\w-]+$/.test(collection.name) ? builtIn : `${collection.name}/replies.jsonl`;
  if (await exists(path)) return path;
  throw new KitError(`Cannot replay: collection "${collection.name}" has no recorded replies`, { file: path });
}

/**
 * Whether a collection has recordings of its own.
 *
 * @category Generation
 *
 * @example
 * ```ts
 * import { hasRecordings } from "./mod.ts";
 * console.log(await hasRecordings({ name: "facets" })); // true
 * ```
 */
export async function hasRecordings(collection: Pick<Collection, "name">): Promise<boolean> {
  return await recordingsPath(collection).then(() => true, () => false);
}

/**
 * Reads recorded replies from a JSONL file.
 *
 * @throws {KitError} with file, line and field of an invalid line.
 *
 * @example
 * ```ts
 * import { readRecordings } from "./recordings.ts";
 * const path = new URL("../../data/facets/replies.jsonl", import.meta.url);
 * console.log((await readRecordings(decodeURIComponent(path.pathname))).length); // 816
 * ```
 *
 * @category Generation
 */
export async function readRecordings(path: string): Promise<Recording[]> {
  const lines = await readJsonLines(path, { schema: LINE, what: "a recorded reply" });
  return lines.map(({ reply, ...rest }) => ({
    ...rest,
    reply: typeof reply === "string" ? reply : JSON.stringify(reply),
  }));
}
