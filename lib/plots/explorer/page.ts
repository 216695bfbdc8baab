import { gzipSync } from "node:zlib";
import style from "./client/explorer.css" with { type: "text" };
import cellsScript from "./client/cells.js" with { type: "text" };
import controlsScript from "./client/controls.js" with { type: "text" };
import detailScript from "./client/detail.js" with { type: "text" };
import explorerScript from "./client/explorer.js" with { type: "text" };
import reviewScript from "./client/review.js" with { type: "text" };
import selectionScript from "./client/selection.js" with { type: "text" };
import wordsScript from "./client/shared_words.js" with { type: "text" };
import listScript from "./client/virtual_list.js" with { type: "text" };
import type { ExplorerData } from "./explorer_data.ts";
import { escapeHtml } from "../../core/html.ts";

/** The client, each module behind those that it imports. */
const SCRIPTS = [listScript, wordsScript, reviewScript, selectionScript]
  .concat(cellsScript, detailScript, controlsScript, explorerScript);

/** What a page is made of. */
export interface PageParts {
  readonly title: string;
  readonly data: ExplorerData;
  /** Whether keys give verdicts. */
  readonly review: boolean;
}

/**
 * One HTML page without network: texts travel as compressed JSON and enter the page as text nodes only, so nothing in a
 * collection is ever run or taken for markup.
 */
export function explorerPage({ title, data, review }: PageParts): string {
  // mtime 0: the same data gives the same page.
  const packed = gzipSync(JSON.stringify({ ...data, review }), { level: 9 }).toString("base64");
  const verdicts = [...new Set(data.rows.verdict)].sort().map((verdict) => `<option>${verdict}</option>`).join("");
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
<body class="${data.graded ? "" : "ungraded"}">
<header>
  <h1>${escapeHtml(title)}</h1>
  <span id="sources" role="group" aria-label="sources"></span>
  <button type="button" id="more" aria-expanded="false">filters</button>
  <div id="filters">
  <label>verdict <select id="verdict"><option value="">any</option>${verdicts}</select></label>
  <label>score <input id="low" type="number" step="any" placeholder="from" aria-label="lowest score"></label>
  <input id="high" type="number" step="any" placeholder="to" aria-label="highest score">
  ${review || data.reviews.length > 0 ? REVIEW_FILTER : ""}
  ${data.graded ? `<label><input id="flagged" type="checkbox"> false negatives</label>` : ""}
  <input id="search" type="search" placeholder="search passages (/)" aria-label="search passages">
  </div>
  ${review ? reviewTools(data.reviewer) : ""}
  <span class="keys"><kbd>←</kbd> <kbd>→</kbd> query · <kbd>↑</kbd> <kbd>↓</kbd> passage · <kbd>a</kbd> all${
    review
      ? " · <kbd>k</kbd> keep · <kbd>d</kbd> drop · <kbd>r</kbd> relabel · <kbd>u</kbd> undo · <kbd>s</kbd> save"
      : ""
  }</span>
</header>
${queriesAndRows(data.graded)}
<script id="data" type="application/octet-stream">${packed}</script>
<script type="module">
${SCRIPTS.map(inlined).join("\n")}
const bytes = Uint8Array.from(atob(document.getElementById("data").textContent), (letter) => letter.charCodeAt(0));
const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
explorer(await new Response(stream).json());
</script>
</body>
</html>
`;
}

/** The list of queries, and the negatives of the chosen one. */
function queriesAndRows(graded: boolean): string {
  return `<nav>
  <div class="tools">
    <input id="query-search" type="search" placeholder="search queries" aria-label="search queries">
    <select id="query-order" aria-label="order of queries">
      <option value="order">as in the table</option>
      <option value="hardest">hardest first</option>
      ${graded ? `<option value="false">most false first</option>` : ""}
      <option value="rows">most rows first</option>
    </select>
    <span class="small" id="query-count" aria-live="polite"></span>
  </div>
  <div class="list" id="queries" role="grid" aria-label="queries" tabindex="0"></div>
</nav>
<main>
  <div class="about">
    <h2 id="query-text"></h2>
    <span class="small" id="found" aria-live="polite"></span>
    <button type="button" id="all" aria-pressed="false">all queries</button>
  </div>
  <div id="head" role="row"></div>
  <div class="list" id="rows" role="grid" aria-label="negatives" tabindex="0"></div>
  <section id="detail" aria-label="the chosen passage and the positives"></section>
</main>`;
}

const REVIEW_FILTER = `<label>review <select id="review"><option value="">any</option>
  <option value="open">not yet</option><option value="done">reviewed</option><option>kept</option>
  <option>dropped</option><option>relabeled</option><option value="differs">unlike the table</option></select></label>`;

/** The reviewer's name, what is done, and the button that saves. */
function reviewTools(reviewer: string): string {
  return `<span class="review"><label>reviewer <input id="reviewer" size="8" value="${escapeHtml(reviewer)}"></label>
  <span id="reviewed" class="small" aria-live="polite">0 reviewed</span>
  <button type="button" id="save" disabled>save verdicts</button></span>`;
}

/** A module of the client as a part of one script: its imports and exports are in the same scope. */
function inlined(script: string): string {
  return script.replaceAll(/^import .*\n/gm, "").replaceAll(/^export /gm, "");
}
