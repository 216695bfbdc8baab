import { count, counted, signed } from "../../core/format_numbers.ts";
import type { Arm, ExperimentConfig } from "../types.ts";
import { html, type Markup, table } from "./html.ts";
import { pValue } from "./p_value.ts";
import type { ArmSummary, RunSummary } from "./summary.ts";

/** Results of the arms, whether they are comparable, and their comparisons. */
export function armsSection(summary: RunSummary, config: ExperimentConfig, figures: readonly Markup[]): Markup {
  const { baseline, best } = summary;
  const { margin } = config.statistics;
  return html`<h2>Arms</h2>${figures}${armTable(summary)}<p>${fairness(summary, config.arms)}</p>${
    comparisonTable(summary, "baseline", `Against the baseline "${baseline}"`, margin)
  }${comparisonTable(summary, "best", `Against the best arm "${best}"`, margin)}<p class="soft">${
    statistics(config)
  }</p>`;
}

function armTable({ measure, arms }: RunSummary): Markup {
  const others = Object.keys(arms[0].measures);
  return table(
    ["arm", measure, "interval", ...others, "negatives drawn per query"],
    arms.map((a) => [
      a.arm,
      a.mean.toFixed(4),
      `[${a.interval.map((end) => end.toFixed(3)).join(", ")}]`,
      ...others.map((m) => a.measures[m].toFixed(4)),
      Object.entries(a.drawn).map(([source, n]) => `${n.toFixed(2)} ${source}`).join(" + ") || "none",
    ]),
  );
}

/** States whether the arms are comparable: equal steps, equal numbers of negatives, and the arms that differ. */
function fairness({ arms }: RunSummary, configs: readonly Arm[]): string {
  const trained = arms.filter(({ steps }) => steps > 0);
  if (trained.length === 0) return "No arm is fine-tuned.";
  const total = (arm: ArmSummary) => Object.values(arm.drawn).reduce((sum, n) => sum + n, 0).toFixed(2);
  const refresh = (name: string) => configs.find((arm) => arm.name === name)!.negatives?.refresh;
  const short = trained.filter((arm) => Object.keys(arm.short).length > 0);
  const late = trained.filter(({ arm, steps }) => (refresh(arm)?.every ?? 0) >= steps);
  const special = configs.filter(({ train }) => train && Object.keys(train).length > 0);
  const filtered = configs.filter(({ negatives }) => negatives?.filters?.length);
  return [
    equalOr(trained, ({ steps }) => count(steps), (n) => `All fine-tuned arms take ${n} steps.`, "Steps differ"),
    equalOr(trained, total, (n) => `All draw ${n} negatives per query on average.`, "Negatives per query differ"),
    ...short.map(({ arm, short }) =>
      `${arm} lacks negatives for ${
        Object.entries(short).map(([source, n]) => `${counted(n, "query", "queries")} (${source})`).join(", ")
      }.`
    ),
    ...late.map(({ arm, steps }) =>
      `${arm} never mines with the model in training: its ${count(steps)} steps end before the first refresh ` +
      `after step ${count(refresh(arm)!.every)}.`
    ),
    ...special.map(({ name, train }) => `${name} is trained with ${JSON.stringify(train)}.`),
    ...filtered.map(({ name, negatives }) =>
      `${name} filters its candidates by ${JSON.stringify(negatives!.filters)}.`
    ),
  ].join(" ");
}

/** One sentence if all arms have the same value, else the value of each. */
function equalOr(
  arms: readonly ArmSummary[],
  value: (arm: ArmSummary) => string,
  equal: (value: string) => string,
  differ: string,
): string {
  const [first, ...rest] = new Set(arms.map(value));
  if (rest.length === 0) return equal(first);
  return `${differ}: ${arms.map((arm) => `${arm.arm} ${value(arm)}`).join(", ")}.`;
}

function comparisonTable(
  { arms, queries }: RunSummary,
  key: "baseline" | "best",
  title: string,
  margin: number,
): Markup {
  const shownP = (p: number) => pValue(p).replace(/^p (= )?/, "");
  const rows = arms.flatMap(({ arm, [key]: test }) =>
    test === undefined ? [] : [[
      arm,
      signed(test.difference, 4),
      `[${test.interval.map((end) => signed(end)).join(", ")}]`,
      shownP(test.adjusted),
      test.equivalence === undefined ? "" : shownP(test.equivalence.p),
      test.detectable.toFixed(3),
      [test.wins, test.ties, test.losses].map(count).join("/"),
    ]]
  );
  if (rows.length === 0) return html``;
  const head = ["arm", "difference", "interval", "p (Holm)", `p (TOST ±${margin})`, "detectable"];
  return html`<h3>${title}</h3>${table([...head, `win/tie/loss of ${count(queries)}`], rows)}`;
}

/** How the comparisons are computed. */
function statistics({ seeds, statistics: { rounds, margin } }: ExperimentConfig): string {
  return `All comparisons are over the same queries. p: two-sided paired randomization test with ${count(rounds)} ` +
    "rounds, adjusted by Holm, against the baseline over all arms, and against the best over all pairs of arms, " +
    "because the best arm is chosen by the same numbers. Intervals: bootstrap over queries" +
    `${seeds === 1 ? "" : ", with the seeds' noise"}. TOST: test for equality within ±${margin}. Detectable: the ` +
    "smallest difference that the adjusted test finds with a power of 0.8.";
}

/** Means by kind of query, if the queries' metadata has any. */
export function groupsSection({ groups, arms, measure }: RunSummary): Markup {
  if (groups.length === 0) return html``;
  return html`<h2>By kind of query</h2><p class="soft">Mean ${measure} by field of the queries' metadata.</p>${
    table(
      ["queries", "count", ...arms.map(({ arm }) => arm)],
      groups.map(({ field, value, queries, means }) => [
        `${field}: ${value}`,
        queries,
        ...arms.map(({ arm }) => means[arm].toFixed(3)),
      ]),
    )
  }`;
}
