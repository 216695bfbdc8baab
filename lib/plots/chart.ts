import { extname } from "node:path";
import { ArgumentError, KitError } from "../core/errors.ts";
import { checkOptions, type OptionKinds } from "../core/options.ts";
import { exists, writeAtomic } from "../core/files.ts";
import { suggestion } from "../core/nearest.ts";
import { type Face, loadFonts, wrapText } from "./fonts.ts";
import { outlined } from "./outlines.ts";
import { renderPdf, renderPng, renderSvg, resized, withFonts } from "./render.ts";
import { INCHES, LABEL_SIZE, paper, SCREEN, theme, webPage } from "./theme.ts";
import type { Chart, ChartOptions, ChartSaveOptions, ChartSvgOptions, Layout, Spec, Width } from "./types.ts";

/** What a chart is made of. */
export interface Drawing {
  /** The specification without style, laid out for a size. */
  build(layout: Layout): Spec;
  /** What it says, line by line; the first line says what is drawn. */
  text: readonly string[];
  /** Small words above the chart: counts, what was binned, what the marks mean. */
  note: string;
  /** What a caption below has to add. @default nothing */
  caption?: string;
}

const SVG_OPTIONS: OptionKinds<ChartSvgOptions> = { width: "string|number", fontSize: "number", theme: "string" };
/** Sizes of a label that a chart is wide at least: below that its labels leave no room for its marks. */
const NARROWEST = 24;

const ENDINGS = [".svg", ".png", ".pdf", ".json"];
const DOTS_PER_INCH = 600;

/** Makes a {@link Chart} of a drawing: style, display and files are the same for all of them. */
export function makeChart(drawing: Drawing, options: ChartOptions = {}): Chart {
  const text = drawing.text.join("\n");
  const complete = (layout: Layout): Spec => ({
    $schema: "https://vega.github.io/schema/vega-lite/v5.json",
    description: text,
    title: heading(options.title, drawing.note, layout),
    ...drawing.build(layout),
    config: theme(layout),
  });
  const spec = complete(SCREEN);
  const draw = async (width: Width) => resized(await renderSvg(complete(paper(width))), INCHES[width]);
  const chart: Chart & Displayed = {
    spec,
    text,
    caption: drawing.caption ?? "",
    async svg(options = {}) {
      checkOptions<ChartSvgOptions>("Chart.svg", options, SVG_OPTIONS);
      const { width = SCREEN.width, fontSize = SCREEN.unit * LABEL_SIZE, theme = "light" } = options;
      if (theme !== "light" && theme !== "page") {
        throw new ArgumentError(`Unknown theme "${theme}": ${suggestion(String(theme), ["light", "page"])}`);
      }
      if (typeof width === "string") return await draw(checkedWidth(width));
      if (!(fontSize > 0 && width >= NARROWEST * fontSize && width < Infinity)) {
        throw new ArgumentError(
          `width must be ${NARROWEST} times the fontSize or more, found ${width} with a fontSize of ${fontSize}`,
          { field: "width" },
        );
      }
      return await renderSvg(complete(webPage(width, fontSize, theme)));
    },
    async save(path: string, { width = "column", overwrite = false }: ChartSaveOptions = {}) {
      const ending = extname(path).toLowerCase();
      if (!ENDINGS.includes(ending)) {
        throw new ArgumentError(`Cannot save a chart as "${path}": ${suggestion(ending, ENDINGS)}`);
      }
      checkedWidth(width);
      if (!overwrite && await exists(path)) {
        throw new KitError("Cannot write: a file of this name exists", { file: path });
      }
      await writeAtomic(path, await encode(path, ending, width), { overwrite });
    },
    async [DISPLAY]() {
      return {
        "application/vnd.vegalite.v5+json": spec,
        "image/svg+xml": await chart.svg(),
        "text/plain": text,
      };
    },
    [INSPECT]: () => text,
  };
  const encode = async (path: string, ending: string, width: Width): Promise<Uint8Array | string> => {
    if (ending === ".json") return JSON.stringify(complete(paper(width)), null, 2) + "\n";
    const { svg, missing } = await outlined(await draw(width));
    if (missing.length > 0) warn(path, missing);
    if (ending === ".svg") return withFonts(svg);
    if (ending === ".png") return renderPng(svg, Math.round(INCHES[width] * DOTS_PER_INCH));
    return await renderPdf(svg, INCHES[width]);
  };
  return chart;
}

/** Says which characters a file shows as boxes. */
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

/** Title and note; a note without a title takes the title's place in the note's style. */
function heading(title: string | undefined, note: string, layout: Layout): Spec {
  const { title: style } = theme(layout) as { title: Record<string, number | string> };
  const lines = (text: string, face: Face, size: number | string) =>
    wrapText(loadFonts()[face], text, Number(size), layout.width - 8 * layout.unit);
  const notes = lines(note, "regular", style.subtitleFontSize);
  if (title !== undefined) return { text: lines(title, "bold", style.fontSize), subtitle: notes };
  return { text: notes, fontSize: style.subtitleFontSize, fontWeight: "normal", color: style.subtitleColor };
}

/** Under this name the Deno kernel looks for what to show of a value. */
export const DISPLAY = Symbol.for("Jupyter.display");
const INSPECT = Symbol.for("Deno.customInspect");

interface Displayed {
  [DISPLAY](): Promise<Record<string, unknown>>;
  [INSPECT](): string;
}
