import type * as z from "zod";
import { KitError } from "../core/errors.ts";
import { explain } from "../core/explain.ts";
import { readText } from "./source.ts";

/** What {@link jsonLines} reads. */
export interface JsonLinesOptions<S extends z.ZodType> {
  /** What each line must be. */
  readonly schema: S;
  /** What a line is, as the error says it: "a recorded reply". */
  readonly what: string;
  /** Where the text is from. */
  readonly file: string;
}

/**
 * The values of JSON Lines, each checked by a schema; blank lines are skipped.
 *
 * @throws {KitError} `Cannot read a recorded reply: count must be an integer >= 1, found 0 (replies.jsonl:3)`
 *
 * @example
 * ```ts
 * import * as z from "zod";
 * import { jsonLines } from "./json_lines.ts";
 * const schema = z.object({ id: z.string() });
 * console.log([...jsonLines('{"id":"a"}\n', { schema, what: "an id", file: "ids.jsonl" })]); // [ { id: "a" } ]
 * ```
 */
export function* jsonLines<S extends z.ZodType>(
  text: string,
  { schema, what, file }: JsonLinesOptions<S>,
): Generator<z.output<S>, void> {
  let line = 0;
  for (const part of text.split("\n")) {
    line++;
    if (part.trim() === "") continue;
    let value: unknown;
    try {
      value = JSON.parse(part);
    } catch (cause) {
      throw new KitError(`Cannot read ${what}: ${(cause as Error).message}`, { file, line }, { cause });
    }
    const parsed = schema.safeParse(value);
    if (!parsed.success) {
      throw new KitError(`Cannot read ${what}: ${explain({ schema, value, error: parsed.error })}`, { file, line });
    }
    yield parsed.data;
  }
}

/**
 * Reads a JSON Lines file, also a compressed one, each line checked by a schema; see {@link jsonLines}.
 *
 * @throws {KitError} if the file cannot be read, or naming the first bad line.
 *
 * @example
 * ```ts
 * import * as z from "zod";
 * import { readJsonLines } from "./json_lines.ts";
 * const file = await Deno.makeTempFile({ suffix: ".jsonl" });
 * await Deno.writeTextFile(file, '{"id":"a"}\n');
 * console.log(await readJsonLines(file, { schema: z.object({ id: z.string() }), what: "an id" })); // [ { id: "a" } ]
 * ```
 */
export async function readJsonLines<S extends z.ZodType>(
  file: string,
  { schema, what }: Omit<JsonLinesOptions<S>, "file">,
): Promise<z.output<S>[]> {
  return [...jsonLines(await readText(file), { schema, what, file })];
}
