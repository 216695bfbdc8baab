import { type Json, list, object, text } from "./json.ts";
import { readMarks } from "./post_processor.ts";

/** A place in a pair: the first or the second text, or special tokens; with the type of its tokens. */
export type PairPlace = { readonly type: number } & ({ readonly text: 0 | 1 } | { readonly ids: readonly number[] });

/** Two texts one after the other. */
const PLAIN: readonly PairPlace[] = [{ text: 0, type: 0 }, { text: 1, type: 1 }];

/**
 * Reads how a post-processor joins two texts.
 *
 * @throws {Error} if several post-processors add tokens, or the template is none of two texts.
 */
export function readPairMarks(part: Json | null | undefined): readonly PairPlace[] {
  if (part === null || part === undefined) return PLAIN;
  const type = text(part, "type");
  if (type === "ByteLevel") return PLAIN;
  if (type === "Sequence") {
    const adding = (list(part, "processors") as Json[]).filter((each) => text(each, "type") !== "ByteLevel");
    if (adding.length > 1) throw new Error("a pair of texts with several post-processors is not supported");
    return readPairMarks(adding[0]);
  }
  if (type === "TemplateProcessing") return template(part);
  const { before, after } = readMarks(part);
  const bert = type === "BertProcessing";
  return [
    { ids: before, type: 0 },
    { text: 0, type: 0 },
    // RoBERTa's second text has a mark before it, too, and no type of its own.
    { ids: bert ? after : [...after, ...after], type: 0 },
    { text: 1, type: +bert },
    { ids: after, type: +bert },
  ];
}

function template(part: Json): PairPlace[] {
  const special = object(part.special_tokens, "special_tokens");
  const places = (list(part, "pair") as Json[]).map((each): PairPlace => {
    const [kind, value] = Object.entries(each)[0] ?? [];
    const { id, type_id = 0 } = object(value, "each of pair");
    const type = Number(type_id);
    if (kind === "Sequence") return { text: id === "B" ? 1 : 0, type };
    return { ids: object(special[String(id)], `special token ${id}`).ids as number[], type };
  });
  const texts = places.flatMap((place) => "text" in place ? [place.text] : []);
  if (texts.join() !== "0,1") {
    throw new Error(`a template of a pair with the texts ${texts.join(", ")} is not supported`);
  }
  return places;
}

/**
 * Tokens that are left of two texts if they are shortened to `room` together, the longer one first, as the Rust library
 * `tokenizers` does.
 */
export function longestFirst([first, second]: readonly [number, number], room: number): [number, number] {
  if (first + second <= room) return [first, second];
  const swapped = first > second;
  let short = Math.min(first, second);
  let long = short > room ? short : Math.max(short, room - short);
  if (short + long > room) {
    short = Math.floor(room / 2);
    long = short + room % 2;
  }
  return swapped ? [long, short] : [short, long];
}
