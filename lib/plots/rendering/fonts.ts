import * as fontkit from "fontkit";
import { fileURLToPath } from "node:url";
import { graphemes } from "../../core/display_width.ts";
import { sliceWidth, textRuns } from "./fallback_fonts.ts";
import { FONT } from "../drawing/theme.ts";

/** A face that charts use. */
export type Face = "regular" | "bold";

/** A loaded face. */
export interface FontFace {
  readonly name: string;
  /** Path of the file, for libraries that read it themselves. */
  readonly path: string;
  readonly bytes: Uint8Array;
  // deno-lint-ignore no-explicit-any -- fontkit has no types
  readonly font: any;
}

const FILES: Record<Face, string> = {
  regular: import.meta.resolve("dejavu-fonts-ttf/ttf/DejaVuSans.ttf"),
  bold: import.meta.resolve("dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf"),
};

let loaded: Record<Face, FontFace> | undefined;

/** Both faces, read from the font package once. */
export function loadFonts(): Record<Face, FontFace> {
  loaded ??= { regular: load("regular"), bold: load("bold") };
  return loaded;
}

function load(face: Face): FontFace {
  const url = new URL(FILES[face]);
  const bytes = Deno.readFileSync(url);
  const name = face === "bold" ? `${FONT}-Bold` : FONT;
  return { name, path: fileURLToPath(url), bytes, font: fontkit.create(bytes) };
}

/** The face of a CSS font weight. */
export function faceOf(weight: unknown): Face {
  return weight === "bold" || Number(weight) >= 600 ? "bold" : "regular";
}

/** Whether DejaVu has a glyph for a character. */
export function hasGlyph(face: Face, code: number): boolean {
  return loadFonts()[face].font.hasGlyphForCodePoint(code);
}

/** Width of a line of text at `size` pixels, with kerning; characters that DejaVu lacks measure as in their Noto font. */
export function measureText(face: FontFace, text: string, size: number): number {
  const has = (code: number) => face.font.hasGlyphForCodePoint(code);
  const width = (part: string) => part === "" ? 0 : face.font.layout(part).advanceWidth / face.font.unitsPerEm;
  if ([...text].every((character) => has(character.codePointAt(0)!))) return size * width(text);
  const widths = textRuns(text, has).map((run) => run.slice ? sliceWidth(run.slice, run.text) : width(run.text));
  return size * widths.reduce((sum, value) => sum + value, 0);
}

/** Wraps text into lines of at most `width` pixels; breaks inside words that are longer. */
export function wrapText(face: FontFace, text: string, size: number, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ").flatMap((word) => broken(face, word, size, width))) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && measureText(face, longer, size) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

function broken(face: FontFace, word: string, size: number, width: number): string[] {
  if (measureText(face, word, size) <= width) return [word];
  const parts = [""];
  for (const letter of graphemes(word)) {
    if (parts.at(-1) === "" || measureText(face, parts.at(-1) + letter, size) <= width) {
      parts[parts.length - 1] += letter;
    } else parts.push(letter);
  }
  return parts;
}
