import { faceOf, loadFonts, measureText } from "../../lib/plots/rendering/fonts.ts";

/** A line of text in a drawing and the box that it takes, in pixels. */
export interface PlacedText {
  text: string;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** Every line of text in an SVG of Vega, with its place, measured with the real font. */
export function placedTexts(svg: string): PlacedText[] {
  const found: PlacedText[] = [];
  const groups: [number, number][] = [[0, 0]];
  for (const [, tag, attributes, content] of svg.matchAll(/<(\/?g|text)\b([^>]*)>([^<]*)/g)) {
    const [x, y] = /translate\(([-\d.]+),([-\d.]+)\)/.exec(attributes)?.slice(1).map(Number) ?? [0, 0];
    const at: [number, number] = [groups.at(-1)![0] + x, groups.at(-1)![1] + y];
    if (tag === "g") groups.push(at);
    if (tag === "/g") groups.pop();
    // Vega hides the labels of an axis that would touch others.
    if (tag === "text" && content.trim() !== "" && !/\bopacity="0"/.test(attributes)) {
      found.push(placed(content, attributes, at));
    }
  }
  return found;
}

function placed(content: string, attributes: string, [x, y]: [number, number]): PlacedText {
  const attribute = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(attributes)?.[1];
  const text = content.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
  const size = parseFloat(attribute("font-size")!);
  const width = measureText(loadFonts()[faceOf(attribute("font-weight"))], text, size);
  const before = { start: 0, middle: 0.5, end: 1 }[attribute("text-anchor") ?? "start"]! * width;
  return attributes.includes("rotate(-90)")
    ? { text, left: x - size, right: x, top: y + before - width, bottom: y + before }
    : { text, left: x - before, right: x - before + width, top: y - size, bottom: y };
}

/** Texts that stick out of the drawing by more than a pixel. */
export function outside(svg: string): string[] {
  const [width, height] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg)!.slice(1).map(Number);
  return placedTexts(svg)
    .filter(({ left, right, top, bottom }) => left < -1 || right > width + 1 || top < -3 || bottom > height + 1)
    .map(({ text, left, right, top, bottom }) =>
      `"${text}" from ${left.toFixed(1)} to ${right.toFixed(1)} of ${width}, ${top.toFixed(1)} to ${
        bottom.toFixed(1)
      } of ${height}`
    );
}

/** Pairs of texts on one line that lie over each other by more than a pixel. */
export function overlaps(texts: readonly PlacedText[]): string[] {
  return texts.flatMap((a, i) =>
    texts.slice(i + 1).filter((b) =>
      Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
      Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4
    ).map((b) => `"${a.text}" over "${b.text}"`)
  );
}
