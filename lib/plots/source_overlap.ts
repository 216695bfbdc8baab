import type * as z from "zod";
import { ArgumentError } from "../core/errors.ts";
import { count, counted } from "../core/format_numbers.ts";
import { parseOptions } from "../core/parse_options.ts";
import { NEGATIVES } from "../tables/schema.ts";
import { type Source, SOURCES } from "../tables/sources.ts";
import type { Table } from "../tables/table.ts";
import { CHART_OPTIONS, type ChartPart } from "./drawing/chart_part.ts";
import { checkTable } from "./drawing/checks.ts";
import { makeChart } from "./drawing/make_chart.ts";
import { rounded } from "./drawing/numbers.ts";
import { hue } from "./drawing/theme.ts";
import type { Chart, ChartOptions, Layout, Spec } from "./types.ts";

/**
 * Overlap of sources: of the pairs of query and document that the row's source found, the percentage that the column's
 * source found too. Sources that hardly overlap complement each other. Written negatives have no document and are not
 * counted.
 *
 * @category Plots
 *
 * @throws {ArgumentError} for a table without rows, without the columns of NEGATIVES, or without documents.
 *
 * @example
 * ```ts
 * import { NEGATIVES, tableOf } from "@syneg/kit";
 * import { sourceOverlap } from "./mod.ts";
 * const row = { query_id: "q1", doc_id: "d1", rank: 1, verdict: "kept" } as const;
 * const negatives = tableOf(NEGATIVES, [{ ...row, source: "bm25" }, { ...row, source: "dense" }]);
 * console.log(sourceOverlap(negatives).text);
 * ```
 */
export function sourceOverlap(negatives: Table<typeof NEGATIVES>, options: ChartOptions = {}): Chart {
  return draw(parseOptions("sourceOverlap", CHART_OPTIONS, options), negatives);
}

/** The entry of {@link sourceOverlap} in the registry. */
export const sourceOverlapChart: ChartPart<typeof CHART_OPTIONS, [Table<typeof NEGATIVES>]> = {
  name: "sourceOverlap",
  about: "share of a source's candidates that another source found, too",
  options: CHART_OPTIONS,
  make: draw,
};

/** A cell of the matrix. */
interface Cell {
  row: string;
  column: Source;
  percent: number;
  text: string;
}

function draw(options: z.output<typeof CHART_OPTIONS>, negatives: Table<typeof NEGATIVES>): Chart {
  const pairs = pairsOf(negatives);
  const sources = SOURCES.filter((source) => pairs.has(source));
  const name = (source: Source) => `${source} (${count(pairs.get(source)!.size)})`;
  const cells = sources.flatMap((row) =>
    sources.map((column): Cell => {
      const share = pairs.get(row)!.intersection(pairs.get(column)!).size / pairs.get(row)!.size;
      return { row: name(row), column, percent: rounded(100 * share), text: (100 * share).toFixed(0) };
    })
  );
  return makeChart({
    text: [
      "Overlap of sources, in percent of the first one's pairs of query and document",
      ...cells.filter(({ row, column }) => !row.startsWith(`${column} `))
        .map(({ row, column, text }) => `${row} also found by ${column}: ${text} %`),
    ],
    note: "percent of the row's pairs of query and document that the column's source found too",
    build: (layout) => specOf(cells, sources, sources.map(name), layout),
  }, options);
}

/** Pairs of query and document by source. */
function pairsOf(negatives: Table<typeof NEGATIVES>): Map<Source, Set<string>> {
  checkTable("sourceOverlap", negatives, NEGATIVES, ["query_id", "doc_id", "source"]);
  const found = new Map<Source, Set<string>>();
  const queries = [...negatives.column("query_id")];
  const documents = [...negatives.column("doc_id")];
  [...negatives.column("source")].forEach((source, i) => {
    if (documents[i] === null) return;
    if (!found.has(source as Source)) found.set(source as Source, new Set());
    found.get(source as Source)!.add(JSON.stringify([queries[i], documents[i]]));
  });
  if (found.size > 0) return found;
  throw new ArgumentError(
    `Cannot draw sourceOverlap: none of ${counted(negatives.length, "row")} has a doc_id (all are synthetic)`,
  );
}

function specOf(cells: Cell[], sources: Source[], rows: string[], { width, unit, ink }: Layout): Spec {
  const y = { field: "row", type: "nominal", sort: rows, title: null, axis: { domain: false, ticks: false } };
  const x = {
    field: "column",
    type: "nominal",
    sort: sources,
    title: "also found by",
    axis: { orient: "top", labelAngle: 0, domain: false, ticks: false },
  };
  // Opacity, so that the same color is fainter on a light and on a dark ground.
  const fillOpacity = {
    field: "percent",
    type: "quantitative",
    legend: null,
    scale: { domain: [0, 100], range: [0.06, 1] },
  };
  return {
    width,
    height: Math.round(24 * unit * sources.length),
    autosize: { type: "fit-x", contains: "padding" },
    data: { values: cells },
    encoding: { x, y },
    layer: [
      {
        mark: { type: "rect", color: hue.main, stroke: ink.ground, strokeWidth: 1.5 * unit },
        encoding: { fillOpacity },
      },
      {
        mark: "text",
        encoding: {
          text: { field: "text" },
          color: { condition: { test: "datum.percent > 55", value: "#ffffff" }, value: ink.text },
        },
      },
    ],
  };
}
