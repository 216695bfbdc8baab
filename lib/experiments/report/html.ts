import { count } from "../../core/format_numbers.ts";
import { cssVariables } from "../../plots/mod.ts";

/** HTML that needs no escaping. */
export class Markup {
  constructor(readonly text: string) {}
}

type Part = Markup | string | number | readonly Part[];

/** A template that escapes everything except {@link Markup}. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Markup {
  return new Markup(strings.map((text, i) => i < parts.length ? text + render(parts[i]) : text).join(""));
}

function render(part: Part): string {
  if (part instanceof Markup) return part.text;
  if (Array.isArray(part)) return part.map(render).join("");
  return String(part).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll(
    '"',
    "&quot;",
  );
}

/** A table that scrolls sideways on a narrow screen. Numbers are aligned to the right; whole ones are counts. */
export function table(head: readonly string[], rows: readonly (readonly Part[])[]): Markup {
  const numeric = head.map((_, j) => rows.every((row) => /^[−+\d([<.]/.test(String(row[j])) || row[j] === ""));
  const cell = (part: Part, j: number) =>
    html`<td class="${numeric[j] && j > 0 ? "n" : ""}">${
      typeof part === "number" && Number.isInteger(part) ? count(part) : part
    }</td>`;
  return html`
    <div class="scroll">
      <table>
        <thead>
          <tr>${head.map((name, j) => html`<th class="${numeric[j] && j > 0 ? "n" : ""}">${name}</th>`)}</tr>
        </thead>
        <tbody>${rows.map((row) => html`<tr>${row.map(cell)}</tr>`)}</tbody>
      </table>
    </div>
  `;
}

const LIGHT = `--ink: #1b1f24; --soft: #57606a; --line: #d8dee4; --page: #fff; --box: #f6f8fa; ${
  cssVariables("light")
}`;
const DARK = `--ink: #e6edf3; --soft: #9aa4ae; --line: #343b44; --page: #0f1419; --box: #182028; ${cssVariables("dark")}
  --chart-ground: var(--page);`;

/** The report's style: one column, for paper, laptop and phone, light and dark. */
export const STYLE = `
:root { color-scheme: light dark; ${LIGHT} }
@media (prefers-color-scheme: dark) { :root { ${DARK} } }
@media print { :root { color-scheme: light; ${LIGHT} } }
body { margin: 0 auto; max-width: 50rem; padding: 1.5rem 1rem 4rem; color: var(--ink); background: var(--page);
  font: 16px/1.55 system-ui, "DejaVu Sans", sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem; } h2 { font-size: 1.2rem; margin: 2.5rem 0 .5rem; }
p.soft, figcaption { color: var(--soft); font-size: .9rem; }
.finding { background: var(--box); border-left: 4px solid #0072b2; padding: .75rem 1rem; margin: 1rem 0; }
.finding h2 { margin-top: 0; } .finding p { margin: .35rem 0; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; font-size: .88rem; width: 100%; }
th, td { padding: .3rem .45rem; text-align: left; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { border-bottom: 2px solid var(--line); white-space: normal; vertical-align: bottom; } .n { text-align: right; font-variant-numeric: tabular-nums; }
figure { margin: 1rem 0; } figure svg { display: block; width: 100%; height: auto; }
pre { background: var(--box); padding: .75rem 1rem; overflow-x: auto; font-size: .82rem; border-radius: 4px; }
details summary { cursor: pointer; }
figure .narrow { display: none; }
@media (max-width: 34rem) { figure .wide { display: none; } figure .narrow { display: block; } }
`;
