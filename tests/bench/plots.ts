import { plots } from "../../mod.ts";
import { events, scores, similarities } from "../plots/examples.ts";
import { type Benchmarks, fastest } from "./measurement.ts";

const ROWS = 50_000;
const table = () => similarities(ROWS);

/** Creates a chart and renders every form that a notebook displays. */
async function display(chart: object): Promise<void> {
  const show = (chart as Record<symbol, () => Promise<unknown>>)[Symbol.for("Jupyter.display")];
  await show.call(chart);
}

/** Charts of 50,000 rows: at most a second to show and a megabyte of specification. */
export const benchmarks: Benchmarks = {
  async "charts of 50,000 rows"() {
    const [near, log, before, after] = [table(), events(ROWS / 4), scores(ROWS, 0), scores(ROWS, 0.05)];
    const charts = {
      similarities: () => plots.similarities(near),
      hardness: () => plots.hardness(near),
      trainingCurves: () => plots.trainingCurves(log),
      perQueryDifference: () => plots.perQueryDifference(before, after),
    };
    const measured = [];
    for (const [name, make] of Object.entries(charts)) {
      const seconds = await fastest(3, () => display(make()));
      const megabytes = JSON.stringify(make().spec).length / 1e6;
      measured.push({ name: `${name}: show`, value: seconds, unit: "s", aim: { atMost: 1 } });
      measured.push({ name: `${name}: specification`, value: megabytes, unit: "MB", aim: { atMost: 1 } });
    }
    return measured;
  },
};
