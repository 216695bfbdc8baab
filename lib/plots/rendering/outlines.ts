import { type GlyphPath, shape, sliceFont, textRuns } from "./fallback_fonts.ts";
import { type Face, faceOf, hasGlyph, loadFonts } from "./fonts.ts";

/** A drawing that needs no fonts beyond DejaVu, and the characters that no font has. */
export interface Outlined {
  readonly svg: string;
  readonly missing: readonly string[];
}

/**
 * Turns texts with characters that DejaVu lacks, or whose letters join, into outlines, from the Noto fonts that come
 * with the kit where DejaVu lacks a glyph. They look the same in SVG, PNG and PDF on any machine. Other texts stay text.
 */
export async function outlined(svg: string): Promise<Outlined> {
  const missing = new Set<string>();
  const parts: string[] = [];
  let at = 0;
  for (const match of svg.matchAll(/<text([^>]*[^/>])>(.*?)<\/text>/gs)) {
    const [whole, attributes, content] = match;
    const face = faceOf(attribute(attributes, "font-weight"));
    const text = plainText(content);
    if (!RIGHT_TO_LEFT.test(text) && [...text].every((c) => hasGlyph(face, c.codePointAt(0)!))) continue;
    parts.push(svg.slice(at, match.index), await outlineText(attributes, content, face, missing));
    at = match.index + whole.length;
  }
  return { svg: parts.join("") + svg.slice(at), missing: [...missing] };
}

/** Words of Hebrew, Arabic and related scripts with the spaces between them, drawn as one piece from the right. */
const RIGHT_TO_LEFT = /([\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]+(?:\s+[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]+)*)/u;

/** One text of one or more lines as a path. */
async function outlineText(attributes: string, content: string, face: Face, missing: Set<string>): Promise<string> {
  const size = parseFloat(attribute(attributes, "font-size") ?? "11");
  const share = { start: 0, middle: 0.5, end: 1 }[attribute(attributes, "text-anchor") ?? "start"] ?? 0;
  const paths: string[] = [];
  let y = 0;
  for (const { text, dy } of linesOf(content)) {
    y += dy;
    const { glyphs, width } = await layout(text, face, size, missing);
    for (const { path, x, scale, up } of glyphs) {
      paths.push(path.scale(scale, -scale).translate(x - share * width, y - up).toSVG());
    }
  }
  const kept = attributes.replaceAll(/ (?:text-anchor|font-[a-z]+|aria-[a-z]+|role)="[^"]*"/g, "");
  const label = plainText(content).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
  return `<g${kept}><path role="img" aria-label="${label}" d="${paths.join("")}"/></g>`;
}

interface PlacedGlyph {
  path: GlyphPath;
  x: number;
  up: number;
  scale: number;
}

async function layout(text: string, face: Face, size: number, missing: Set<string>) {
  const glyphs: PlacedGlyph[] = [];
  let width = 0;
  for (const run of textRuns(text, (code) => hasGlyph(face, code))) {
    if (run.slice === null) [...run.text].forEach((character) => missing.add(character));
    const font = run.slice ? await sliceFont(run.slice, face === "bold" ? 700 : 400) : loadFonts()[face].font;
    const scale = size / font.unitsPerEm;
    for (const piece of run.text.split(RIGHT_TO_LEFT).filter((piece) => piece !== "")) {
      const placed = shape(font, piece);
      placed.glyphs.forEach((glyph, i) => {
        const { xAdvance, xOffset, yOffset } = placed.positions[i];
        glyphs.push({ path: glyph.path, x: width + xOffset * scale, up: yOffset * scale, scale });
        width += xAdvance * scale;
      });
    }
  }
  return { glyphs, width };
}

/** Lines of a text: Vega gives each line of several its own element. */
function linesOf(content: string): { text: string; dy: number }[] {
  const spans = [...content.matchAll(/<tspan([^>]*)>(.*?)<\/tspan>/gs)];
  if (spans.length === 0) return [{ text: plainText(content), dy: 0 }];
  return spans.map(([, attributes, text]) => ({
    text: plainText(text),
    dy: parseFloat(attribute(attributes, "dy") ?? "0"),
  }));
}

function attribute(attributes: string, name: string): string | undefined {
  return new RegExp(`(?:^| )${name}="([^"]*)"`).exec(attributes)?.[1];
}

/** The characters of a text with markup. */
export function plainText(content: string): string {
  return content.replaceAll(/<[^>]*>/g, "")
    .replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&amp;", "&");
}
