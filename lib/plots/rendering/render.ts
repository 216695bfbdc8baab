import { Resvg } from "@resvg/resvg-js";
import PDFDocument from "pdfkit";
import SVGtoPDF from "svg-to-pdfkit";
import * as vega from "vega";
import * as vegaLite from "vega-lite";
import { Buffer } from "node:buffer";
import { fontSubset } from "./font_subset.ts";
import { faceOf, loadFonts, measureText } from "./fonts.ts";
import { plainText } from "./outlines.ts";
import { FONT } from "../drawing/theme.ts";
import type { Spec } from "../types.ts";

/** Draws a Vega-Lite specification as SVG, with text measured in the real font. */
export async function renderSvg(spec: Spec): Promise<string> {
  const fonts = loadFonts();
  // Without a canvas Vega guesses widths, and legends and axes collide or drift apart.
  const metrics = (vega as unknown as { textMetrics: unknown }).textMetrics as {
    width: (item: TextItem, text: string) => number;
  };
  metrics.width = (item, text) => measureText(fonts[faceOf(item.fontWeight)], String(text ?? ""), item.fontSize ?? 11);
  const { spec: compiled } = vegaLite.compile(spec as never, { logger: strictLogger() as never });
  const view = new vega.View(vega.parse(compiled), { renderer: "none", logger: strictLogger() as never });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

interface TextItem {
  fontSize?: number;
  fontWeight?: string | number;
}

/** Throws on Vega's warnings: here they mean a faulty chart. */
function strictLogger(): Record<string, unknown> {
  const logger: Record<string, unknown> = {};
  const fail = (...messages: unknown[]) => {
    throw new Error(`Vega: ${messages.join(" ")}`);
  };
  Object.assign(logger, { level: () => logger, info: () => logger, debug: () => logger, warn: fail, error: fail });
  return logger;
}

/** Sets the width of a drawing in inches; its height follows. */
export function resized(svg: string, inches: number): string {
  return svg.replace(/<svg([^>]*?) width="([\d.]+)" height="([\d.]+)"/, (_, rest, width, height) => {
    const tall = Math.round(inches * Number(height) / Number(width) * 10000) / 10000;
    return `<svg${rest} width="${inches}in" height="${tall}in"`;
  });
}

/** Embeds the glyphs that the drawing uses, so that it looks the same without the font installed. */
export function withFonts(svg: string): string {
  const fonts = loadFonts();
  const used = { regular: "", bold: "" };
  for (const [, attributes, content] of svg.matchAll(/<text([^>]*[^/>])>(.*?)<\/text>/gs)) {
    const weight = /font-weight="([^"]*)"/.exec(attributes)?.[1];
    used[faceOf(weight)] += plainText(content);
  }
  const rules = (["regular", "bold"] as const).filter((face) => used[face] !== "").map((face) => {
    const data = Buffer.from(fontSubset(fonts[face], used[face])).toString("base64");
    const weight = face === "bold" ? "bold" : "normal";
    return `@font-face{font-family:"${FONT}";font-weight:${weight};src:url(data:font/ttf;base64,${data})}`;
  });
  return svg.replace(/<svg[^>]*>/, (start) => `${start}<style>${rules.join("")}</style>`);
}

/** Renders a PNG, `pixels` wide. */
export function renderPng(svg: string, pixels: number): Uint8Array {
  const fonts = loadFonts();
  const image = new Resvg(svg, {
    fitTo: { mode: "width", value: pixels },
    font: { loadSystemFonts: false, fontFiles: [fonts.regular.path, fonts.bold.path], defaultFontFamily: FONT },
  });
  return new Uint8Array(image.render().asPng());
}

/** Renders a PDF of one page, `inches` wide, with embedded fonts. The same drawing gives the same bytes. */
export async function renderPdf(svg: string, inches: number): Promise<Uint8Array> {
  const fonts = loadFonts();
  const [, , boxWidth, boxHeight] = /viewBox="([^"]*)"/.exec(svg)![1].split(" ").map(Number);
  const [width, height] = [inches * 72, inches * 72 * boxHeight / boxWidth];
  const document = new PDFDocument({
    size: [width, height],
    margin: 0,
    font: null,
    info: { CreationDate: new Date(0), Producer: "SyNeg Kit", Creator: "SyNeg Kit" },
  });
  const blocks: Uint8Array[] = [];
  document.on("data", (block: Uint8Array) => blocks.push(block));
  const ended = new Promise((resolve, reject) => {
    document.on("end", resolve);
    document.on("error", reject);
  });
  for (const face of Object.values(fonts)) document.registerFont(face.name, Buffer.from(face.bytes));
  // pdfkit refuses the solid line's dashes, which have no gap.
  const solid = svg.replaceAll(/ stroke-dasharray="[\d.]+,0"/g, "");
  SVGtoPDF(document, solid, 0, 0, {
    width,
    height,
    // The drawing has 96 pixels per inch; a PDF has 72 points.
    assumePt: false,
    fontCallback: (_family: string, bold: boolean) => fonts[bold ? "bold" : "regular"].name,
    warningCallback: (warning: string) => {
      throw new Error(`svg-to-pdfkit: ${warning}`);
    },
  });
  document.end();
  await ended;
  return new Uint8Array(Buffer.concat(blocks));
}
