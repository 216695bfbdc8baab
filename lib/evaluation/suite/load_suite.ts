import { basename, dirname, extname, isAbsolute, join } from "node:path";
import * as z from "zod";
import { ArgumentError, KitError } from "../../core/errors.ts";
import { explain } from "../../core/explain.ts";
import { fileError } from "../../core/files.ts";
import { suggestion } from "../../core/nearest.ts";
import type { Suite, SuiteEntry } from "./suite.ts";
import { SUITES } from "./suites.ts";

const ENTRY = z.union([
  z.string().min(1),
  z.strictObject({
    name: z.string().min(1).optional(),
    collection: z.string().min(1),
    split: z.string().min(1).default("test"),
  }),
]);
const FILE = z.strictObject({ name: z.string().min(1).optional(), collections: z.array(ENTRY).min(1) });

/**
 * Loads a suite: a name in {@link SUITES}, or a JSON file
 * `{"name": "mine", "collections": ["beir/scifact", {"name": "faq", "collection": "faq", "split": "dev"}]}`. Paths count
 * from the file's folder; the split is "test" unless the entry has one.
 *
 * @throws {ArgumentError} for an unknown name.
 * @throws {KitError} if the file is not a suite, or two collections have one name.
 *
 * @example
 * ```ts
 * import { loadSuite } from "@syneg/kit/evaluation";
 * console.log((await loadSuite("nano-beir")).collections.length); // 13
 * ```
 *
 * @category Evaluation
 */
export async function loadSuite(name: string): Promise<Suite> {
  if (SUITES.has(name)) return SUITES.make(name);
  if (extname(name) !== ".json") {
    throw new ArgumentError(`Unknown suite "${name}": ${suggestion(name, SUITES.names)}, or a .json file`);
  }
  let value: unknown;
  try {
    value = JSON.parse(await Deno.readTextFile(name));
  } catch (error) {
    if (error instanceof SyntaxError) throw new KitError(`Cannot read a suite: ${error.message}`, { file: name });
    throw fileError("read a suite", name, error);
  }
  const found = FILE.safeParse(value);
  if (!found.success) {
    throw new KitError(`Cannot read a suite: ${explain({ schema: FILE, value, error: found.error })}`, { file: name });
  }
  const collections = await Promise.all(found.data.collections.map((entry) => entryOf(entry, dirname(name))));
  const names = collections.map((entry) => entry.name);
  const twice = names.find((one, i) => names.indexOf(one) < i);
  if (twice !== undefined) {
    throw new KitError(`Cannot read a suite: two collections are named "${twice}"; give one a "name"`, { file: name });
  }
  return { name: found.data.name ?? basename(name, ".json"), collections };
}

async function entryOf(entry: z.output<typeof ENTRY>, folder: string): Promise<SuiteEntry> {
  const { collection, split = "test", name = basename(collection) } = typeof entry === "string"
    ? { collection: entry }
    : entry;
  return { name, collection: await placed(collection, folder), split };
}

/** A path below the suite's folder if there is one; a subset's mark stays. */
async function placed(collection: string, folder: string): Promise<string> {
  if (isAbsolute(collection) || collection.startsWith("hf:")) return collection;
  const path = join(folder, collection.replace(/#[^#/]*$/, ""));
  const there = await Deno.stat(path).then(() => true, () => false);
  return there ? join(folder, collection) : collection;
}
