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

/** The first of `names` that is a text in `entry`, or a list of texts. */
export function textOf(entry: Readonly<Record<string, unknown>>, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = entry[name];
    if (typeof value === "string") return value.trim();
    if (Array.isArray(value) && value.length > 0 && value.every((part) => typeof part === "string")) {
      return value.join(" ").trim();
    }
  }
  return undefined;
}

/** The first of `names` that is a number in `entry`, or a text that holds one: 2, "2", "Level 2". */
export function numberOf(entry: Readonly<Record<string, unknown>>, names: readonly string[]): number | undefined {
  for (const name of names) {
    const value = entry[name];
    if (typeof value === "number") return value;
    const digits = typeof value === "string" ? /^\D{0,12}(\d{1,9})\D{0,3}$/.exec(value)?.[1] : undefined;
    if (digits !== undefined) return Number(digits);
  }
  return undefined;
}

/** An entry with a title and a text, under the names that models give them, or such an entry within it. */
export function passageItem(entry: Readonly<Record<string, unknown>>): Item | undefined {
  const text = textOf(entry, TEXTS);
  if (text !== undefined) return { title: textOf(entry, TITLES) ?? "", text };
  for (const name of TEXTS) {
    const inner = entry[name];
    if (inner === null || typeof inner !== "object" || Array.isArray(inner)) continue;
    const fields = inner as Readonly<Record<string, unknown>>;
    const within = textOf(fields, TEXTS);
    if (within !== undefined) return { title: textOf(fields, TITLES) ?? textOf(entry, TITLES) ?? "", text: within };
  }
  return undefined;
}

/** The field `reflection`, under the names that models give it. */
export function reflectionOf(reply: Readonly<Record<string, unknown>>): string | undefined {
  return textOf(reply, ["reflection", "thinking", "reasoning"]);
}
