import { type Json, list, object, text as textOf } from "./json.ts";

/** Ids before and after every text. */
export interface Marks {
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/**
 * Reads the special tokens that a post-processor adds to a single text.
 *
 * @throws {Error} if the type or a setting is unsupported.
 */
export function readMarks(part: Json | null | undefined): Marks {
  if (part === null || part === undefined) return { before: [], after: [] };
  const type = textOf(part, "type");
  switch (type) {
    case "ByteLevel":
      return { before: [], after: [] };
    case "BertProcessing":
    case "RobertaProcessing":
      return { before: [idOf(part.cls, "cls")], after: [idOf(part.sep, "sep")] };
    case "TemplateProcessing":
      return template(part);
    case "Sequence":
      return list(part, "processors").map(readMarks).reduce(
        (inner, outer) => ({ before: [...outer.before, ...inner.before], after: [...inner.after, ...outer.after] }),
        { before: [], after: [] },
      );
    default:
      throw new Error(`the post-processor ${type} is not supported`);
  }
}

function idOf(value: unknown, field: string): number {
  if (Array.isArray(value) && Number.isInteger(value[1])) return value[1];
  throw new Error(`${field} must be a token with its id, found ${JSON.stringify(value) ?? "nothing"}`);
}

function template(part: Json): Marks {
  const special = object(part.special_tokens, "special_tokens");
  const [before, after]: [number[], number[]] = [[], []];
  let texts = 0;
  for (const each of list(part, "single")) {
    const [kind, value] = Object.entries(each)[0] ?? [];
    const { id, type_id = 0 } = object(value, `each of single`);
    if (type_id !== 0) throw new Error(`token type ${type_id} for a single text is not supported`);
    if (kind === "Sequence") texts++;
    else (texts > 0 ? after : before).push(...ids(object(special[String(id)], `special token ${id}`)));
  }
  if (texts !== 1) throw new Error(`a template with ${texts} places for the text is not supported`);
  return { before, after };
}

function ids(token: Json): number[] {
  const found = token.ids;
  if (Array.isArray(found) && found.every((id) => Number.isInteger(id) && id >= 0)) return found;
  throw new Error(`ids of a special token must be integers, found ${JSON.stringify(found) ?? "nothing"}`);
}
