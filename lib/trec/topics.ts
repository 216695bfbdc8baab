import { checkOptions, type OptionKinds } from "../core/options.ts";
import { KitError } from "../core/errors.ts";
import { READ_OPTIONS, type ReadOptions } from "../files/lines.ts";
import { eachTopic, type Topic } from "./marked_up.ts";
import { eachNamedRow } from "../files/named_rows.ts";
import { queryOf } from "../files/records.ts";
import { type NewRow, QUERIES } from "../tables/schema.ts";
import type { ByteSource } from "../files/byte_source.ts";
import { fileSource } from "../files/source.ts";
import type { Table } from "../tables/table.ts";
import { TableBuilder } from "../tables/table_builder.ts";
import { utf8Source } from "../files/utf8_source.ts";

/**
 * Options of {@link readTopics}.
 *
 * @category Tables
 */
export interface TopicOptions extends ReadOptions {
  /**
   * The field that is the query; the others become metadata.
   * @default {"title"} or "query", "question" if there is none, or the topic's own text
   */
  field?: string;
}

const TOPIC_OPTIONS: OptionKinds<TopicOptions> = { ...READ_OPTIONS, field: "string" };
/** Fields that can be the query; the first one present is. "text" is text outside all fields. */
const FIELDS = ["title", "query", "question", "text"];

/**
 * Reads TREC's topics: `id<TAB>text` lines or named columns, `<top>` blocks with unclosed `<num>`, `<title>`, `<desc>`,
 * `<narr>`, or XML with `<topic number="…">` that holds fields or text.
 *
 * @throws {KitError} on a topic without a number or without the field.
 * @category Tables
 */
export function readTopics(path: string, options?: TopicOptions): Promise<Table<typeof QUERIES>> {
  checkOptions<TopicOptions>("readTopics", options ?? {}, TOPIC_OPTIONS);
  return readTopicsText(fileSource(path, options?.unpack), options);
}

/** {@link readTopics} for a source. */
export async function readTopicsText(
  source: ByteSource,
  { field, ...options }: TopicOptions = {},
): Promise<Table<typeof QUERIES>> {
  const builder = new TableBuilder(QUERIES);
  if (await isMarkup(source)) {
    for (const topic of await eachTopic(source)) builder.append(topicRow(topic, source.name, field));
  } else {
    await eachNamedRow(source, "query", (record, place) => {
      const { id, text, metadata } = queryOf(record, place);
      builder.append({ id: id.trim(), text: text.trim(), metadata });
    }, options);
  }
  const queries = builder.finish();
  if (queries.length === 0) throw new KitError("Cannot read topics: there are none", { file: source.name });
  return queries;
}

async function isMarkup(source: ByteSource): Promise<boolean> {
  for await (const block of utf8Source(source).open()) {
    const head = new TextDecoder().decode(block.subarray(0, 1000)).replace(/^\ufeff/, "").trimStart();
    if (head !== "") return head.startsWith("<");
  }
  throw new KitError("Cannot read an empty file", { file: source.name });
}

function topicRow({ line, id, fields }: Topic, file: string, field: string | undefined): NewRow<typeof QUERIES> {
  const chosen = field ?? FIELDS.find((name) => fields.has(name)) ?? "title";
  const text = fields.get(chosen);
  if (!id) throw new KitError("Cannot read a topic: it has no number", { file, line, field: "num" });
  if (typeof text !== "string" || text === "") {
    const found = ["num", ...fields.keys()].join(", ");
    const advice = field === undefined ? '; name the field, as in readTopics(path, {field: "desc"})' : "";
    throw new KitError(`Cannot read topic ${id}: found ${found}${advice}`, { file, line, field: chosen });
  }
  const rest = [...fields].filter(([name, value]) => name !== chosen && value !== "");
  return { id, text, metadata: rest.length > 0 ? JSON.stringify(Object.fromEntries(rest)) : null };
}
