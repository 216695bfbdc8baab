import type { Passage } from "../../collections/passage.ts";
import { quoted } from "./template.ts";
import type { Item, Message, ModelRecipe, PromptInput } from "../recipe.ts";

/** The system message of recipes that write. */
export const WRITER: Message = {
  role: "system",
  content: "You write training data for search engines. You answer with one JSON object and nothing else.",
};

/** The system message of recipes that judge. */
export const JUDGE: Message = {
  role: "system",
  content: "You are a strict judge of search results. You answer with one JSON object and nothing else.",
};

/** How a recipe shows a passage. */
export type Show = (passage: Passage) => string;

/** A passage on one line: title, period, space, text; no period after a title that ends in a punctuation mark. */
export const shown: Show = ({ title, text }) => {
  const bare = title.trimEnd();
  return bare === "" ? text : `${bare}${/[.!?…:;。！？｡।؟۔။។]["'”’»)\]」』）》】]*$/u.test(bare) ? "" : "."} ${text}`;
};

/** As version 1 of the recipes shows it: always with a period after the title. */
const shownFirst: Show = ({ title, text }) => title === "" ? text : `${title}. ${text}`;

/**
 * Versions 2 and 1 of a recipe whose slots show passages. The wording is the same; prompts differ only for passages that
 * the two versions show differently.
 */
export function showing(
  slots: (show: Show) => ModelRecipe["slots"],
): Pick<ModelRecipe, "version" | "slots" | "earlier"> {
  return { version: 2, slots: slots(shown), earlier: { version: 1, slots: slots(shownFirst) } };
}

/** Fills the slot `{example}` with query and positive as JSON on one line. */
export function example(show: Show): (input: PromptInput) => string {
  return ({ query, positive }) => oneLine([["user_query", query], ["positive_document", show(positive)]]);
}

/** An object as JSON on one line, with spaces after colons and commas. */
export function oneLine(fields: readonly (readonly [string, unknown])[]): string {
  return `{${fields.map(([name, value]) => `${quoted(name)}: ${quoted(value)}`).join(", ")}}`;
}

const TITLES = ["title", "heading", "name"];
const TEXTS = ["text", "content", "document", "passage", "body", "hard_negative", "negative", "doc"];

/** The first of `names` that holds a text in `entry`, or a list of texts. */
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

/** The first of `names` that holds a number in `entry`, or a text with one: 2, "2", "Level 2". */
export function numberOf(entry: Readonly<Record<string, unknown>>, names: readonly string[]): number | undefined {
  for (const name of names) {
    const value = entry[name];
    if (typeof value === "number") return value;
    const digits = typeof value === "string" ? /^\D{0,12}(\d{1,9})\D{0,3}$/.exec(value)?.[1] : undefined;
    if (digits !== undefined) return Number(digits);
  }
  return undefined;
}

/** The title and text of an entry, under the names that models use, or of an object within it. */
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

/** The field `reflection`, under the names that models use. */
export function reflectionOf(reply: Readonly<Record<string, unknown>>): string | undefined {
  return textOf(reply, ["reflection", "thinking", "reasoning"]);
}
