import * as z from "zod";
import { checkCollection } from "../../collections/check_arguments.ts";
import type { Collection } from "../../collections/types.ts";
import { counted, signed } from "../../core/format_numbers.ts";
import { html, type Markup } from "../../core/html.ts";
import { type OptionShape, parseOptions } from "../../core/parse_options.ts";
import type { BiggestChanges, Change } from "../../evaluation/scores/mod.ts";
import type { RUN } from "../../tables/schema.ts";
import type { Table } from "../../tables/table.ts";
import { type Explorer, savedPage } from "./saved_page.ts";
import { queryParts } from "./show_query.ts";

/**
 * Options of {@link changedQueries}.
 *
 * @category Negatives
 */
export interface ChangedQueriesOptions {
  /** Rankings to show side by side, by name. Omit for none. */
  runs?: Readonly<Record<string, Table<typeof RUN>>>;
  /**
   * Rows of each ranking.
   * @default {5}
   */
  depth?: number;
  /** Split whose grades are shown. Omit for `complete`, or the first split that judges a query. */
  judgments?: string;
  /** Heading. Omit for the number of queries. */
  title?: string;
}

const OPTIONS = z.strictObject(
  {
    runs: z.record(z.string(), z.custom<Table<typeof RUN>>((value) => value instanceof Object)).default({}),
    depth: z.int().min(1).default(5),
    judgments: z.string().optional(),
    title: z.string().optional(),
  } satisfies OptionShape<ChangedQueriesOptions>,
);

/**
 * A page of the queries that gained and lost most, each with its positives and the rankings before and after. One HTML
 * page without network or script.
 *
 * @param changes What `biggestChanges` found.
 * @throws {ArgumentError} for an unknown query, split or option.
 *
 * @example
 * ```ts
 * import { biggestChanges, evaluateEncoder, loadCollection, loadEncoder, plots } from "@syneg/kit";
 * const facets = await loadCollection("facets");
 * const [before, after] = [await loadEncoder("built-in"), await loadEncoder("built-in", { maxLength: 4 })];
 * const [long, short] = [await evaluateEncoder(before, facets), await evaluateEncoder(after, facets)];
 * const changes = biggestChanges(long.scores, short.scores, { n: 2 });
 * console.log(plots.changedQueries(facets, changes, { runs: { long: long.run, short: short.run } }).html.length > 1000);
 * for (const encoder of [before, after]) await encoder.dispose();
 * ```
 * @category Negatives
 */
export function changedQueries(
  collection: Collection,
  changes: BiggestChanges,
  options: ChangedQueriesOptions = {},
): Explorer {
  const { title, ...shown } = parseOptions("changedQueries", OPTIONS, options);
  checkCollection("changedQueries", collection);
  const { gains, losses } = changes;
  const queries = counted(gains.length + losses.length, "query", "queries");
  const heading = title ?? `${collection.name}: ${queries} that changed most`;
  const section = (name: string, list: readonly Change[]) =>
    html`<h2>${name}</h2>${
      list.map(({ query_id, before, after, change }) =>
        html`<article><p class="change">${before.toFixed(3)} → ${after.toFixed(3)} (${signed(change)})</p>${
          queryParts(collection, query_id, shown).markup
        }</article>`
      )
    }`;
  const body = html`<h1>${heading}</h1>${section("Gained most", gains)}${section("Lost most", losses)}`;
  return savedPage(page(heading, body), { height: 640, text: `Explorer: ${queries}` });
}

function page(title: string, body: Markup): string {
  const { text } = html`<title>${title}</title>`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
${text}
<style>${STYLE}</style>
<body>${body.text}</body>
</html>
`;
}

const STYLE = `
:root { color-scheme: light dark; --line: #8884; }
body { margin: 0 auto; max-width: 72rem; padding: 1rem; font: 15px/1.45 system-ui, "DejaVu Sans", sans-serif; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
article { border-top: 1px solid var(--line); padding: .5rem 0; overflow-x: auto; }
.change { font-variant-numeric: tabular-nums; opacity: .75; margin: 0; }
table { border-collapse: collapse; font-size: .88rem; }
td, th { padding: .2rem .5rem; border-bottom: 1px solid var(--line); vertical-align: top; }
`;
