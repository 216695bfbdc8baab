import { CHART_OPTIONS } from "./types.ts";
import { checkOptions } from "../core/options.ts";
import { ArgumentError } from "../core/errors.ts";
import { NEGATIVES, type Source, SOURCES } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";
import { makeChart } from "./chart.ts";
import { checkTable } from "./checks.ts";
import { count, counted, rounded } from "./numbers.ts";
import { hue } from "./theme.ts";
import type { Chart, ChartOptions } from "./types.ts";

/**
 * Which sources find the same: of the pairs of query and document that the row's source found, the percentage that the
 * column's source found too. Sources that hardly overlap complement each other. Written negatives have no document and
 * are not counted.
 *
 * @throws {ArgumentError} on a table without rows, without the columns of NEGATIVES, or without documents.
 */
export function sourceOverlap(negatives: Table<typeof NEGATIVES>, options: ChartOptions = {}): Chart {
  checkOptions<ChartOptions>("sourceOverlap", options, CHART_OPTIONS);
  checkTable("sourceOverlap", negatives, NEGATIVES, ["query_id", "doc_id", "source"]);
  const found = new Map<Source, Set<string>>();
  const queries = [...negatives.column("query_id")];
  const documents = [...negatives.column("doc_id")];
  [...negatives.column("source")].forEach((source, i) => {
    if (documents[i] === null) return;
    if (!found.has(source as Source)) found.set(source as Source, new Set());
    found.get(source as Source)!.add(JSON.stringify([queries[i], documents[i]]));
  });
  const sources = SOURCES.filter((source) => found.has(source));
  if (sources.length === 0) {
    throw new ArgumentError(
      `Cannot draw sourceOverlap: none of ${counted(negatives.length, "row")} has a doc_id (all are synthetic)`,
    );
  }
  const values = sources.flatMap((row) =>
    sources.map((column) => {
      const share = found.get(row)!.intersection(found.get(column)!).size / found.get(row)!.size;
      return { row: name(row), column, percent: rounded(100 * share), text: (100 * share).toFixed(0) };
    })
  );
  function name(source: Source): string {
    return `${source} (${count(found.get(source)!.size)})`;
  }
  return makeChart({
    text: [
      "Overlap of sources, in percent of the first one's pairs of query and document",
      ...values.filter((value) => !value.row.startsWith(`${value.column} `))
        .map(({ row, column, text }) => `${row} also found by ${column}: ${text} %`),
    ],
    note: "percent of the row's pairs of query and document that the column's source found too",
    build: ({ width, unit, ink }) => {
      const y = {
        field: "row",
        type: "nominal",
        sort: sources.map(name),
        title: null,
        axis: { domain: false, ticks: false },
      };
      const x = {
        field: "column",
        type: "nominal",
        sort: sources,
        title: "also found by",
        axis: { orient: "top", labelAngle: 0, domain: false, ticks: false },
      };
      return {
        width,
        height: Math.round(24 * unit * sources.length),
        autosize: { type: "fit-x", contains: "padding" },
        data: { values },
        encoding: { x, y },
        layer: [
          {
            mark: { type: "rect", color: hue.main, stroke: ink.ground, strokeWidth: 1.5 * unit },
            encoding: {
              // Fainter on whatever the ground is, so that it does for a dark one, too.
              fillOpacity: {
                field: "percent",
                type: "quantitative",
                legend: null,
                scale: { domain: [0, 100], range: [0.06, 1] },
              },
            },
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
    },
  }, options);
}
