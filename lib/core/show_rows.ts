import { showing, type Shown } from "./display.ts";
import { html } from "./html.ts";
import { textTable } from "./text_table.ts";

/** A head and cells; they are computed when they are shown. */
export interface ShownRows {
  readonly head: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  /** A sentence above the table. Omit for none. */
  readonly title?: string;
}

/**
 * Lets plain data show itself as a table: in a notebook as markup, elsewhere as text.
 *
 * @example
 * ```ts
 * import { showRows } from "./show_rows.ts";
 * console.log(showRows([{ n: 1 }], () => ({ head: ["n"], rows: [[1]] })));
 * // n
 * // 1
 * ```
 */
export function showRows<T extends object>(value: T, table: () => ShownRows): T {
  return showing(value, rowsShown(table));
}

/** Both forms of a table. */
export function rowsShown(table: () => ShownRows): Required<Shown> {
  return {
    text: () => {
      const { head, rows, title } = table();
      return [...title === undefined ? [] : [title], textTable(head, rows)].join("\n");
    },
    html: () => {
      const { head, rows, title } = table();
      const right = head.map((_, j) => rows.every((row) => /^$|^[−+-]?[\d,.]+( %)?$/.test(String(row[j]))));
      const style = (j: number) => `text-align:${right[j] ? "right" : "left"}`;
      const shown = (cell: string | number) => typeof cell === "number" ? cell.toLocaleString("en") : cell;
      const caption = title === undefined ? "" : html`<caption style="text-align:left">${title}</caption>`;
      const body = rows.map((row) =>
        html`<tr>${row.map((cell, j) => html`<td style="${style(j)}">${shown(cell)}</td>`)}</tr>`
      );
      const names = head.map((name, j) => html`<th style="${style(j)}">${name}</th>`);
      return html`<table>${caption}<thead><tr>${names}</tr></thead><tbody>${body}</tbody></table>`.text;
    },
  };
}
