import { ArgumentError } from "../../core/errors.ts";
import type { Message } from "../recipe.ts";

const SLOT = /\{([a-z_]+)\}/g;

/** Names of a template's slots, each once, in order. */
export function slotNames(messages: readonly Message[]): string[] {
  return [...new Set(messages.flatMap(({ content }) => [...content.matchAll(SLOT)].map((match) => match[1])))];
}

/**
 * Fills the slots of a recipe's messages in one pass, so that a value with `{slot}`, braces or `$&` in it stays as it
 * is.
 *
 * @throws {ArgumentError} if a slot has no value.
 */
export function render(messages: readonly Message[], values: Readonly<Record<string, string>>): Message[] {
  return messages.map(({ role, content }) => ({
    role,
    content: content.replace(SLOT, (_, name: string) => {
      if (!Object.hasOwn(values, name)) {
        throw new ArgumentError(`Slot "${name}" of the prompt has no value`);
      }
      return values[name];
    }),
  }));
}

/**
 * Text of a collection as a JSON string on one line, so that it cannot break out of its place in the prompt: quotes,
 * line breaks and the separators U+2028 and U+2029 are escaped.
 */
export function quoted(value: unknown): string {
  return JSON.stringify(value).replace(/[\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16)}`);
}
