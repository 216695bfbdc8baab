import { KitError, type Place } from "../core/errors.ts";
import { parseJson } from "./exact_json.ts";
import { eachRecord } from "./jsonl.ts";
import type { ReadOptions } from "./lines.ts";
import type { Fields } from "./records.ts";
import type { ByteSource } from "./byte_source.ts";
import { readAll } from "./source.ts";
import { utf8Source } from "./utf8_source.ts";

/**
 * Calls `visit` with every record of a `.json` file: an array of objects, or one object a line.
 *
 * @throws {KitError} if the file is anything else.
 */
export async function eachJsonRecord(
  source: ByteSource,
  visit: (record: Fields, place: Place) => void,
  options?: ReadOptions,
): Promise<number> {
  const { name: file } = source;
  const text = new TextDecoder().decode(await readAll(utf8Source(source))).trimStart();
  if (text === "") throw new KitError("Cannot read an empty file", { file });
  if (text.startsWith("{") && !/^\{\s*\n/.test(text)) return await eachRecord(source, visit, options);
  let records: unknown;
  try {
    records = parseJson(text);
  } catch (cause) {
    throw new KitError(`Cannot read JSON: ${(cause as Error).message}`, { file }, { cause });
  }
  if (!Array.isArray(records)) {
    throw new KitError("Cannot read records: found one JSON value, expected an array of objects or one object a line", {
      file,
    });
  }
  records.forEach((record, row) => {
    if (typeof record !== "object" || record === null || Array.isArray(record)) {
      throw new KitError(
        `Cannot read a record: found ${JSON.stringify(record)?.slice(0, 40)}, expected a JSON object`,
        {
          file: `${file}, row ${row}`,
        },
      );
    }
    visit(record as Fields, { file: `${file}, row ${row}` });
  });
  return records.length;
}
