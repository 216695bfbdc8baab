import type { Passage } from "../../data/passage.ts";
import { quoted } from "../template.ts";
import type { Item, Subject } from "../types.ts";

/** A passage as recipes show it: title, a full stop, a space, text. */
export function shown({ title, text }: Passage): string {
  return title === "" ? text : `${title}. ${text}`;
}

/** The slot `{example}`: query and positive as JSON on one line. */
export function example(subject: Subject): string {
  return oneLine([["user_query", subject.query], ["positive_document", shown(subject.positive)]]);
}

/** An object as JSON on one line with spaces after colons and commas. */
export function oneLine(fields: readonly (readonly [string, unknown])[]): string {
  return `{${fields.map(([name, value]) => `${quoted(name)}: ${quoted(value)}`).join(", ")}}`;
}

const TITLES = ["title", "heading", "name"];
const TEXTS = ["text", "content", "document", "passage", "body", "hard_negative", "negative", "doc"];

/** The first of `names` that is a text in `entry`. */
export function textOf(entry: Readonly<Record<string, unknown>>, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = entry[name];
    if (typeof value === "string") return value.trim();
  }
  return undefined;
}

/** An entry with a title and a text, under the names that models give them. */
export function passageItem(entry: Readonly<Record<string, unknown>>): Item | undefined {
  const text = textOf(entry, TEXTS);
  return text === undefined ? undefined : { title: textOf(entry, TITLES) ?? "", text };
}

/** The field `reflection`, under the names that models give it. */
export function reflectionOf(reply: Readonly<Record<string, unknown>>): string | undefined {
  return textOf(reply, ["reflection", "thinking", "reasoning"]);
}
