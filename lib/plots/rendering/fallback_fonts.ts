import * as fontkit from "fontkit";
import { graphemes } from "../../core/display_width.ts";

/** A part of a Noto font with the glyphs of about a hundred characters, read on demand. */
export interface FontSlice {
  readonly url: URL;
  readonly ranges: readonly (readonly [number, number])[];
}

/** Packages to search for characters that DejaVu lacks, in this order. */
const PACKAGES = {
  thai: import.meta.resolve("@fontsource-variable/noto-sans-thai/unicode.json"),
  devanagari: import.meta.resolve("@fontsource-variable/noto-sans-devanagari/unicode.json"),
  bengali: import.meta.resolve("@fontsource-variable/noto-sans-bengali/unicode.json"),
  tamil: import.meta.resolve("@fontsource-variable/noto-sans-tamil/unicode.json"),
  telugu: import.meta.resolve("@fontsource-variable/noto-sans-telugu/unicode.json"),
  jp: import.meta.resolve("@fontsource-variable/noto-sans-jp/unicode.json"),
  kr: import.meta.resolve("@fontsource-variable/noto-sans-kr/unicode.json"),
  sc: import.meta.resolve("@fontsource-variable/noto-sans-sc/unicode.json"),
  emoji: import.meta.resolve("@fontsource-variable/noto-emoji/unicode.json"),
};
type Package = keyof typeof PACKAGES;

const HAN: readonly Package[] = ["jp", "kr", "sc"];

/** Characters without a glyph: joiners and variation selectors. */
const INVISIBLE = /[\u200b-\u200d\u2060\ufe00-\ufe0f\ufeff]/u;
/** Scripts that DejaVu draws. */
const OWN = /latin|greek|cyrillic|vietnamese/;

const indices = new Map<Package, FontSlice[]>();

function slicesOf(name: Package): FontSlice[] {
  const known = indices.get(name);
  if (known) return known;
  const index = new URL(PACKAGES[name]);
  const family = /@fontsource-variable[\/+](noto-[a-z-]+)/.exec(index.href)![1];
  const ranges: Record<string, string> = JSON.parse(Deno.readTextFileSync(index));
  const slices = Object.entries(ranges).filter(([key]) => !OWN.test(key)).map(([key, list]) => ({
    url: new URL(`files/${family}-${key.replaceAll(/[[\]]/g, "")}-wght-normal.woff2`, index),
    ranges: list.split(",").map((range) => {
      const [first, last = first] = range.replace("U+", "").split("-").map((hex) => parseInt(hex, 16));
      return [first, last] as const;
    }),
  }));
  indices.set(name, slices);
  return slices;
}

/** Packages in the order for a text: Japanese and Korean draw the characters shared with Chinese in their own way. */
function order(text: string): Package[] {
  const all = Object.keys(PACKAGES) as Package[];
  const first: Package = /[\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f]/u.test(text)
    ? "jp"
    : /[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]/u.test(text)
    ? "kr"
    : "sc";
  return [...all.filter((name) => !HAN.includes(name)), first, ...HAN.filter((name) => name !== first)];
}

/** A part of a text in one font: `slice` is undefined for DejaVu, null if no font has the characters. */
export interface TextRun {
  readonly text: string;
  readonly slice: FontSlice | undefined | null;
}

/** Splits a text by font; `has` tests whether DejaVu has a character. */
export function textRuns(text: string, has: (code: number) => boolean): TextRun[] {
  const packages = order(text);
  const runs: { text: string; slice: FontSlice | undefined | null }[] = [];
  const sliceOf = (part: string): FontSlice | undefined | null => {
    const codes = [...part].filter((character) => !INVISIBLE.test(character)).map((c) => c.codePointAt(0)!);
    // The emoji variant of a plain character is an emoji.
    if (codes.every(has) && !part.includes("\ufe0f")) return undefined;
    // An index may list characters that the font lacks.
    const holds = (slice: FontSlice) =>
      codes.every((code) => slice.ranges.some(([first, last]) => first <= code && code <= last)) &&
      codes.every((code) => plainFont(slice).hasGlyphForCodePoint(code));
    for (const name of packages) {
      const found = slicesOf(name).find(holds);
      if (found) return found;
    }
    return codes.every(has) ? undefined : null;
  };
  const add = (part: string) => {
    const slice = sliceOf(part);
    const letters = [...part];
    if (slice === null && letters.length > 1) return letters.forEach(add);
    if (runs.length > 0 && runs.at(-1)!.slice === slice) runs.at(-1)!.text += part;
    else runs.push({ text: part, slice });
  };
  graphemes(text).forEach(add);
  return runs;
}

// deno-lint-ignore no-explicit-any -- fontkit has no types
type Font = any;

const plain = new Map<string, Font>();
const weighted = new Map<string, Promise<Font>>();

function plainFont({ url }: FontSlice): Font {
  if (!plain.has(url.href)) plain.set(url.href, fontkit.create(Deno.readFileSync(url)));
  return plain.get(url.href);
}

/** Width of a run in em. East Asian characters and emoji have the same width in all weights. */
export function sliceWidth(slice: FontSlice, text: string): number {
  const font = plainFont(slice);
  return shape(font, text).advanceWidth / font.unitsPerEm;
}

/** Lays out a text. fontkit fails on a mark without an anchor on its base; then marks keep their default positions. */
export function shape(font: Font, text: string): Shaped {
  try {
    return font.layout(text);
  } catch {
    return font.layout(text, { mark: false, mkmk: false, abvm: false, blwm: false, dist: false });
  }
}

/** A text laid out by fontkit, in font units. */
export interface Shaped {
  readonly glyphs: readonly { readonly path: GlyphPath }[];
  readonly positions: readonly { xAdvance: number; xOffset: number; yOffset: number }[];
  readonly advanceWidth: number;
}

/** An outline. */
export interface GlyphPath {
  scale(x: number, y: number): GlyphPath;
  translate(x: number, y: number): GlyphPath;
  toSVG(): string;
}

/** The font of a slice in a weight, 400 or 700. Unpacks it first, because fontkit cannot vary a packed font. */
export function sliceFont({ url }: FontSlice, weight: number): Promise<Font> {
  const key = `${weight} ${url.href}`;
  const load = async () => {
    const { default: woff2 } = await import("wawoff2");
    const font: Font = fontkit.create(new Uint8Array(await woff2.decompress(await Deno.readFile(url))));
    return font.getVariation({ wght: weight });
  };
  if (!weighted.has(key)) weighted.set(key, load());
  return weighted.get(key)!;
}
