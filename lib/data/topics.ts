import { checkOptions, type OptionKinds } from "../core/options.ts";
import { KitError } from "../core/errors.ts";
import { eachLine, READ_OPTIONS, type ReadOptions } from "./lines.ts";
import { type NewRow, QUERIES } from "./schema.ts";
import { type ByteSource, fileSource, readAll } from "./source.ts";
import type { Table } from "./table.ts";
import { TableBuilder } from "./table_builder.ts";

/** Options of {@link readTopics}. */
export interface TopicOptions extends ReadOptions {
  /** Which field of a topic is the query; the others go to the metadata. @default "title", or "query" where there is none */
  field?: string;
}

const TOPIC_OPTIONS: OptionKinds<TopicOptions> = { ...READ_OPTIONS, field: "string" };

/**
 * Reads queries as TREC writes them: `id<TAB>text` lines, `<top>` blocks with `<num>`, `<title>`, `<desc>`, `<narr>` that
 * nobody closes, or XML with `<topic number="…">`.
 *
 * @throws {KitError} on a topic without a number or without the field.
 */
export function readTopics(path: string, options?: TopicOptions): Promise<Table<typeof QUERIES>> {
  checkOptions<TopicOptions>("readTopics", options ?? {}, TOPIC_OPTIONS);
  return readTopicsText(fileSource(path, options?.unpack), options);
}

/** {@link readTopics} of a source. */
export async function readTopicsText(source: ByteSource, options: TopicOptions = {}): Promise<Table<typeof QUERIES>> {
  const builder = new TableBuilder(QUERIES);
  if (await isMarkup(source)) {
    for (const topic of await markedUp(source)) builder.append(queryOf(topic, source.name, options.field));
  } else {
    await eachLine(source, (line, number) => {
      const tab = line.indexOf("\t");
      const place = { file: source.name, line: number };
      if (tab < 1) throw new KitError("Cannot read a topic: wanted an id, a tab and a text", place);
      builder.append({ id: line.slice(0, tab).trim(), text: line.slice(tab + 1).trim() });
    }, options);
  }
  const queries = builder.finish();
  if (queries.length === 0) throw new KitError("Cannot read topics: there are none", { file: source.name });
  return queries;
}

interface Topic {
  line: number;
  fields: Map<string, string>;
}

async function isMarkup(source: ByteSource): Promise<boolean> {
  for await (const block of source.open()) {
    const head = new TextDecoder().decode(block.subarray(0, 1000)).replace(/^\ufeff/, "").trimStart();
    if (head !== "") return head.startsWith("<");
  }
  throw new KitError("Cannot read an empty file", { file: source.name });
}

/** Topics of SGML or XML. Labels such as "Number:" or "Description:" behind a tag are taken off. */
async function markedUp(source: ByteSource): Promise<Topic[]> {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(await readAll(source));
  } catch (cause) {
    if (cause instanceof KitError) throw cause;
    throw new KitError("Cannot read text: found bytes that are no UTF-8", { file: source.name }, { cause });
  }
  const topics: Topic[] = [];
  let topic: Topic | undefined;
  let line = 1;
  let counted = 0;
  for (const match of text.matchAll(/<(\/?)([a-z_][\w-]*)([^<>]*)>([^<]*)/gi)) {
    for (; counted < match.index; counted++) if (text.charCodeAt(counted) === 10) line++;
    const [, closing, name, attributes, content] = match;
    const tag = name.toLowerCase();
    if (tag === "top" || tag === "topic") {
      if (closing) topic = undefined;
      else {
        topics.push(topic = { line, fields: new Map() });
        const number = /\b(?:number|id|num)\s*=\s*"([^"]*)"/i.exec(attributes)?.[1];
        if (number !== undefined) topic.fields.set("num", number.trim());
      }
    } else if (topic && !closing) {
      const value = unescape(
        content.replace(/^\s*(?:Number|Topic|Description|Narrative):/i, "").replaceAll(/\s+/g, " "),
      );
      topic.fields.set(tag === "number" ? "num" : tag, value.trim());
    }
  }
  return topics;
}

function queryOf({ line, fields }: Topic, file: string, field: string | undefined): NewRow<typeof QUERIES> {
  const chosen = field ?? (fields.has("title") ? "title" : "query");
  const id = fields.get("num");
  const text = fields.get(chosen);
  if (!id) throw new KitError("Cannot read a topic: it has no number", { file, line, field: "num" });
  if (!text) {
    throw new KitError(`Cannot read topic ${id}: found ${[...fields.keys()].join(", ")}`, {
      file,
      line,
      field: chosen,
    });
  }
  const rest = [...fields].filter(([name, value]) => name !== "num" && name !== chosen && value !== "");
  return { id, text, metadata: rest.length > 0 ? JSON.stringify(Object.fromEntries(rest)) : null };
}

function unescape(text: string): string {
  const known: Record<string, string> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
  return text.replaceAll(/&(lt|gt|quot|apos|amp);/g, (_, name) => known[name]);
}
