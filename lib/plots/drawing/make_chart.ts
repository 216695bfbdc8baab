import { extname } from "node:path";
import { DISPLAY, INSPECT } from "../../core/display.ts";
import { ArgumentError, KitError } from "../../core/errors.ts";
import { exists, writeAtomic } from "../../core/files.ts";
import { suggestion } from "../../core/nearest.ts";
import { checkOptions, type OptionKinds } from "../../core/options.ts";
import { loadFonts, wrapText } from "../rendering/fonts.ts";
import { outlined } from "../rendering/outlines.ts";
import { renderPdf, renderPng, renderSvg, resized, withFonts } from "../rendering/render.ts";
import type { Chart, ChartOptions, ChartSaveOptions, ChartSvgOptions, Layout, Spec, Width } from "../types.ts";
import { INCHES, LABEL_SIZE, paper, SCREEN, theme, titleStyle, webPage } from "./theme.ts";

/** What a chart consists of. */
export interface Drawing {
  /** Lays out the specification, without style. */
  build(layout: Layout): Spec;
  /** The content, line by line; the first line names the chart. */
  text: readonly string[];
  /** Small words above the chart: counts, binning, what the marks mean. */
  note: string;
  /** What a caption below must add. Omit if nothing. */
  caption?: string;
}

const SAVE_OPTIONS: OptionKinds<ChartSaveOptions> = { width: "string", overwrite: "boolean" };
const SVG_OPTIONS: OptionKinds<ChartSvgOptions> = { width: "string|number", fontSize: "number", theme: "string" };
/** Least width of a chart in label sizes: below it, labels leave no room for marks. */
const NARROWEST = 24;

const ENDINGS = [".svg", ".png", ".pdf", ".json"];
const DOTS_PER_INCH = 600;

/** Lays out and styles a drawing. */
type Complete = (layout: Layout) => Spec;

/** Makes a {@link Chart} of a drawing. Style, display and files are the same for all charts. */
export function makeChart(drawing: Drawing, options: ChartOptions = {}): Chart {
  const text = drawing.text.join("\n");
  const complete: Complete = (layout) => ({
    $schema: "https://vega.github.io/schema/vega-lite/v5.json",
    description: text,
    title: heading(options.title, drawing.note, layout),
    ...drawing.build(layout),
    config: theme(layout),
  });
  const chart: Chart & Displayed = {
    spec: complete(SCREEN),
    text,
    caption: drawing.caption ?? "",
    svg: (options = {}) => drawSvg(complete, options),
    save: (path, options = {}) => save(complete, path, options),
    async [DISPLAY]() {
      return {
        "application/vnd.vegalite.v5+json": chart.spec,
        "image/svg+xml": await chart.svg(),
        "text/plain": text,
      };
    },
    [INSPECT]: () => text,
  };
  return chart;
}

async function drawSvg(complete: Complete, options: ChartSvgOptions): Promise<string> {
  checkOptions<ChartSvgOptions>("Chart.svg", options, SVG_OPTIONS);
  const { width = SCREEN.width, fontSize = SCREEN.unit * LABEL_SIZE, theme = "light" } = options;
  if (theme !== "light" && theme !== "page") {
    throw new ArgumentError(`Unknown theme "${theme}": ${suggestion(String(theme), ["light", "page"])}`);
  }
  if (typeof width === "string") return await drawOnPaper(complete, checkedWidth(width));
  if (!(fontSize > 0 && width >= NARROWEST * fontSize && width < Infinity)) {
    throw new ArgumentError(
      `width must be at least ${NARROWEST} times the fontSize, found ${width} with a fontSize of ${fontSize}`,
      { field: "width" },
    );
  }
  return await renderSvg(complete(webPage(width, fontSize, theme)));
}

async function drawOnPaper(complete: Complete, width: Width): Promise<string> {
  return resized(await renderSvg(complete(paper(width))), INCHES[width]);
}

async function save(complete: Complete, path: string, options: ChartSaveOptions): Promise<void> {
  checkOptions<ChartSaveOptions>("Chart.save", options, SAVE_OPTIONS);
  const { width = "column", overwrite = false } = options;
  const ending = extname(path).toLowerCase();
  if (!ENDINGS.includes(ending)) {
    throw new ArgumentError(`Cannot save a chart as "${path}": ${suggestion(ending, ENDINGS)}`);
  }
  checkedWidth(width);
  if (!overwrite && await exists(path)) {
    throw new KitError("Cannot write: the file exists", { file: path });
  }
  await writeAtomic(path, await encode(complete, path, width), { overwrite });
}

/** The contents of a file in the format of its ending. */
async function encode(complete: Complete, path: string, width: Width): Promise<Uint8Array | string> {
  const ending = extname(path).toLowerCase();
  if (ending === ".json") return JSON.stringify(complete(paper(width)), null, 2) + "\n";
  const { svg, missing } = await outlined(await drawOnPaper(complete, width));
  if (missing.length > 0) warn(path, missing);
  if (ending === ".svg") return withFonts(svg);
  if (ending === ".png") return renderPng(svg, Math.round(INCHES[width] * DOTS_PER_INCH));
  return await renderPdf(svg, INCHES[width]);
}

/** Names the characters that a file shows as boxes. */
function warn(path: string, missing: readonly string[]): void {
  const shown = missing.slice(0, 10).map((character) =>
    `${character} (U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")})`
  );
  const rest = missing.length > shown.length ? ` and ${missing.length - shown.length} more` : "";
  console.warn(`${path}: no font for ${shown.join(", ")}${rest}; drawn as boxes`);
}

function checkedWidth(width: Width): Width {
  if (Object.hasOwn(INCHES, width)) return width;
  throw new ArgumentError(`Unknown width "${width}": ${suggestion(String(width), Object.keys(INCHES))}`);
}

/** Title and note. A note without a title takes the title's place in the note's style. */
function heading(title: string | undefined, note: string, layout: Layout): Spec {
  const style = titleStyle(layout);
  const { regular, bold } = loadFonts();
  const room = layout.width - 8 * layout.unit;
  const notes = wrapText(regular, note, style.subtitleFontSize, room);
  if (title !== undefined) return { text: wrapText(bold, title, style.fontSize, room), subtitle: notes };
  return { text: notes, fontSize: style.subtitleFontSize, fontWeight: "normal", color: style.subtitleColor };
}

interface Displayed {
  [DISPLAY](): Promise<Record<string, unknown>>;
  [INSPECT](): string;
}
