import { KitError } from "../core/errors.ts";
import { unescapeEntities } from "./entities.ts";
import type { ByteSource } from "../files/byte_source.ts";
import { readAll } from "../files/source.ts";
import { convertAdvice, utf8Source } from "../files/utf8_source.ts";

/** What a field holds: text; with attributes an object; a list if it is given several times. */
export type FieldValue = string | Readonly<Record<string, string>> | readonly FieldValue[];

/** A topic of SGML or XML. */
export interface Topic {
  /** Line of its first tag, from 1. */
  readonly line: number;
  /** Its number; "" if it has none. */
  readonly id: string;
  /** Fields by name in lower case; `text` is text outside all fields. */
  readonly fields: ReadonlyMap<string, FieldValue>;
}

/** Tags inside a field's text: only their text counts. */
const INLINE = new Set(
  "a abbr acronym b bdo big br cite code del dfn em font hr i img ins kbd li mark ol p q s samp small span strike strong sub sup tt u ul var wbr"
    .split(" "),
);
const TOKEN = /<!--[^]*?-->|<!\[CDATA\[([^]*?)\]\]>|<\?[^]*?\?>|<![^>]*>|<(\/?)([a-z_][\w:.-]*)([^<>]*)>|[^<]+|</gi;
const ATTRIBUTE = /([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/g;
/** Labels after the tags in TREC's SGML. */
const LABEL = /^\s*(?:Number|Topic|Description|Narrative|Domain|Summary|Concept\(s\)|Factor\(s\)|Definition\(s\))\s*:/i;
const LABELED = new Set(["num", "title", "desc", "narr", "dom", "smry", "con", "fac", "def"]);

/**
 * The topics of SGML or XML. Unclosed fields end at the next field; tags inside a field are replaced by their text; entities
 * and CDATA are resolved. The encoding is UTF-8, UTF-16 or that of the XML declaration.
 */
export async function eachTopic(source: ByteSource): Promise<Topic[]> {
  const text = await decoded(source);
  const closed = new Set(Array.from(text.matchAll(/<\/([a-z_][\w:.-]*)\s*>/gi), ([, name]) => name.toLowerCase()));
  const topics: Reading[] = [];
  let topic: Reading | undefined;
  let line = 1;
  for (const { 0: token, 1: literal, 2: closing, 3: name, 4: attributes } of text.matchAll(TOKEN)) {
    const tag = name?.toLowerCase();
    if (tag === "top" || tag === "topic" || (tag === "query" && topic === undefined && /number|id/.test(attributes))) {
      topic?.finish();
      topic = closing || attributes.endsWith("/") ? undefined : new Reading(line, closed, attributes, tag === "query");
      if (topic) topics.push(topic);
    } else if (tag === "query" && topic?.alone && closing) {
      topic = void topic.finish();
    } else if (tag !== undefined) {
      if (closing) topic?.close(tag);
      else topic?.open(tag, attributes);
    } else if (literal !== undefined) topic?.add(literal);
    else if (!/^<[!?]/.test(token)) topic?.add(unescapeEntities(token));
    for (const letter of token) if (letter === "\n") line++;
  }
  topic?.finish();
  return topics;
}

/** A topic being parsed. */
class Reading implements Topic {
  readonly fields = new Map<string, FieldValue>();
  readonly line: number;
  id: string;
  /** Whether it is a `<query>` that holds its text itself. */
  readonly alone: boolean;
  readonly #closed: ReadonlySet<string>;
  #own = "";
  /** The open field, with the tags open in it. */
  #field: { name: string; attributes: Map<string, string>; text: string; inside: string[] } | undefined;

  constructor(line: number, closed: ReadonlySet<string>, attributes: string, alone: boolean) {
    this.line = line;
    this.alone = alone;
    this.#closed = closed;
    const own = attributesOf(attributes);
    const key = ["number", "num", "id", "qid"].find((name) => own.has(name));
    this.id = key === undefined ? "" : own.get(key)!.trim();
    for (const [name, value] of own) if (name !== key) this.fields.set(name, value);
  }

  open(tag: string, attributes: string): void {
    const space = /^(br|hr|p|li|ul|ol)$/.test(tag) ? " " : "";
    if (INLINE.has(tag)) return this.add(space);
    // A closed field contains the tags before its end; an unclosed one ends here.
    if (this.#field && this.#closed.has(this.#field.name)) {
      if (!attributes.endsWith("/")) this.#field.inside.push(tag);
      return this.add(" ");
    }
    this.#end();
    this.#field = { name: tag, attributes: attributesOf(attributes), text: "", inside: [] };
    if (attributes.endsWith("/")) this.#end();
  }

  close(tag: string): void {
    if (INLINE.has(tag)) return;
    const at = this.#field?.inside.lastIndexOf(tag) ?? -1;
    if (at >= 0) {
      this.#field!.inside.length = at;
      this.add(" ");
    } else if (this.#field?.name === tag) this.#end();
  }

  add(text: string): void {
    if (this.#field) this.#field.text += text;
    else this.#own += text;
  }

  finish(): void {
    this.#end();
    const own = plain(this.#own);
    if (own !== "") this.#put("text", own);
  }

  #end(): void {
    if (this.#field === undefined) return;
    const { name, attributes, text } = this.#field;
    this.#field = undefined;
    const value = plain(LABELED.has(name) ? text.replace(LABEL, "") : text);
    if (/^(num|number)$/.test(name) && this.id === "") this.id = value;
    else if (!/^(num|number)$/.test(name) || value !== this.id) {
      this.#put(name, attributes.size > 0 ? { ...Object.fromEntries(attributes), text: value } : value);
    }
  }

  #put(name: string, value: FieldValue): void {
    const before = this.fields.get(name);
    this.fields.set(name, before === undefined ? value : Array.isArray(before) ? [...before, value] : [before, value]);
  }
}

function attributesOf(text: string): Map<string, string> {
  return new Map(
    Array.from(text.matchAll(ATTRIBUTE), ([, name, ...values]) => [
      name.toLowerCase(),
      unescapeEntities(values.find((value) => value !== undefined)!),
    ]),
  );
}

function plain(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}

async function decoded(source: ByteSource): Promise<string> {
  const bytes = await readAll(utf8Source(source));
  const head = new TextDecoder("latin1").decode(bytes.subarray(0, 200));
  const declared = /^\s*<\?xml[^>]*\bencoding\s*=\s*["']([\w.:-]+)["']/i.exec(head)?.[1] ?? "utf-8";
  // UTF-16 has been converted to UTF-8.
  const encoding = /^utf-?(16|8)/i.test(declared) ? "utf-8" : declared;
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    const what = cause instanceof RangeError
      ? `the encoding ${declared}`
      : `bytes that are no ${encoding.toUpperCase()}`;
    throw new KitError(`Cannot read text: found ${what} (${convertAdvice(source.name)})`, { file: source.name }, {
      cause,
    });
  }
}
