import * as z from "zod";
import { ArgumentError } from "../core/errors.ts";
import { parseOptions } from "../core/parse_options.ts";
import { isUnspaced } from "../core/words.ts";
import type { SourceDocument } from "./documents/source_document.ts";

/**
 * Options of {@link chunk}.
 *
 * @category Pipeline
 */
export interface ChunkOptions {
  /**
   * Most characters of a chunk; one of a script without spaces counts as three.
   * @default {1000}
   */
  size?: number;
  /**
   * Characters at the end of a chunk that the next one of its section repeats, in whole sentences.
   * @default {150}
   */
  overlap?: number;
}

const OPTIONS = z.strictObject({
  size: z.int().min(50).default(1000),
  overlap: z.int().min(0).default(150),
});

/**
 * A part of a document that is searched for as one.
 *
 * @category Pipeline
 */
export interface Chunk {
  /** Id of the document, `#`, and its number in it from 1. */
  readonly id: string;
  /** Id of the document. */
  readonly document: string;
  /** Title of the document and headings above the chunk, from the outside in: "Bees > Dance". */
  readonly title: string;
  /** Its text. */
  readonly text: string;
}

/**
 * Cuts a document into chunks at its headings, then at paragraphs and sentences, so that none is longer than `size`. A
 * single sentence that is longer is cut between words. Chunks of a section overlap; each keeps its headings as its title.
 *
 * @throws {ArgumentError} if an option is outside its domain.
 *
 * @example
 * ```ts
 * import { chunk } from "@syneg/kit/pipeline";
 * const text = "# Bees\n\n## Dance\n\nBees dance.\n\n## Winter\n\nBees keep warm.";
 * console.log(chunk({ id: "bees.md", title: "Bees", text }).map(({ title }) => title)); // ["Bees > Dance", "Bees > Winter"]
 * ```
 *
 * @category Pipeline
 */
export function chunk(document: SourceDocument, options: ChunkOptions = {}): Chunk[] {
  const { size, overlap } = parseOptions("chunk", OPTIONS, options);
  if (overlap >= size / 2) {
    throw new ArgumentError(`overlap must be below half of size (${size}), found ${overlap}`, { field: "overlap" });
  }
  const found: { title: string; text: string }[] = [];
  for (const { headings, paragraphs } of sections(document)) {
    const title = headings.join(" > ");
    for (const text of packed(paragraphs, size, overlap)) found.push({ title, text });
  }
  return found.map((one, i) => ({ id: `${document.id}#${i + 1}`, document: document.id, ...one }));
}

/** Length of a text in characters, those of scripts without spaces three times. */
export function chunkLength(text: string): number {
  let length = text.length;
  for (const letter of text) if (isUnspaced(letter)) length += 2;
  return length;
}

interface Section {
  readonly headings: readonly string[];
  readonly paragraphs: readonly string[];
}

/** Paragraphs by the headings above them. */
function sections({ title, text }: SourceDocument): Section[] {
  const found: { headings: string[]; lines: string[] }[] = [{ headings: title === "" ? [] : [title], lines: [] }];
  const path: { level: number; heading: string }[] = [];
  for (const line of text.split(/\r?\n/)) {
    const [, marks, heading] = /^(#{1,6})\s+(.*?)\s*#*$/.exec(line) ?? [];
    if (marks === undefined) {
      found.at(-1)!.lines.push(line);
      continue;
    }
    while (path.length > 0 && path.at(-1)!.level >= marks.length) path.pop();
    path.push({ level: marks.length, heading });
    const headings = path.map((one) => one.heading).filter((one) => one !== "");
    found.push({ headings: title === "" || headings[0] === title ? headings : [title, ...headings], lines: [] });
  }
  return found.map(({ headings, lines }) => ({
    headings,
    paragraphs: lines.join("\n").split(/\n\s*\n/).map((one) => one.replace(/\s+/g, " ").trim()).filter((one) =>
      one !== ""
    ),
  }));
}

interface Piece {
  readonly text: string;
  /** What stands before it, if it is not the first of a chunk. */
  readonly join: string;
}

/** Packs paragraphs, sentence by sentence where one is too long, into texts of `size`. */
function packed(paragraphs: readonly string[], size: number, overlap: number): string[] {
  const pieces = paragraphs.flatMap((paragraph): Piece[] => {
    if (chunkLength(paragraph) <= size) return [{ text: paragraph, join: "\n\n" }];
    return sentences(paragraph).flatMap((sentence) => cut(sentence, size))
      .map((text, i) => ({ text, join: i === 0 ? "\n\n" : " " }));
  });
  const found: string[] = [];
  let open: Piece[] = [];
  const whole = (list: readonly Piece[]) => list.map(({ text, join }, i) => i === 0 ? text : join + text).join("");
  for (const piece of pieces) {
    if (open.length > 0 && chunkLength(whole([...open, piece])) > size) {
      found.push(whole(open));
      open = tail(open, overlap);
      while (open.length > 0 && chunkLength(whole([...open, piece])) > size) open.shift();
    }
    open.push(piece);
  }
  if (open.length > 0) found.push(whole(open));
  return found;
}

/** The last sentences of a chunk that fit into the overlap. */
function tail(open: readonly Piece[], overlap: number): Piece[] {
  const last = open.flatMap(({ text, join }) =>
    sentences(text).map((sentence, i): Piece => ({ text: sentence, join: i === 0 ? join : " " }))
  );
  const kept: Piece[] = [];
  let length = 0;
  for (const piece of last.reverse()) {
    length += chunkLength(piece.text) + 1;
    if (length > overlap) break;
    kept.unshift(piece);
  }
  return kept;
}

const SENTENCES = new Intl.Segmenter("en", { granularity: "sentence" });

function sentences(text: string): string[] {
  return Array.from(SENTENCES.segment(text), ({ segment }) => segment.trim()).filter((one) => one !== "");
}

/** A text in parts of at most `size`, cut between words if it has any. */
function cut(text: string, size: number): string[] {
  const parts: string[] = [];
  let rest = text;
  while (chunkLength(rest) > size) {
    let end = 0;
    for (let length = 0; end < rest.length; end++) {
      length += isUnspaced(rest[end]) ? 3 : 1;
      if (length > size) break;
    }
    const space = rest.lastIndexOf(" ", end);
    const at = space > end / 2 ? space : Math.max(1, end);
    parts.push(rest.slice(0, at).trim());
    rest = rest.slice(at).trim();
  }
  return rest === "" ? parts : [...parts, rest];
}
