/** Markup that is already safe. */
export class Markup {
  /** The markup itself. */
  readonly text: string;

  /** Trusts `text`: pass only what the kit has written or escaped. */
  constructor(text: string) {
    this.text = text;
  }

  /** The markup itself. */
  toString(): string {
    return this.text;
  }
}

/** What a template of {@link html} takes. */
export type HtmlPart = Markup | string | number | readonly HtmlPart[];

/**
 * A template that escapes every value put in, unless it is {@link Markup} itself: text from collections and models stays
 * text.
 *
 * @example
 * ```ts
 * import { html } from "./html.ts";
 * console.log(html`<b>${"<script>"}</b>`.text); // <b>&lt;script&gt;</b>
 * ```
 */
export function html(strings: TemplateStringsArray, ...parts: HtmlPart[]): Markup {
  return new Markup(strings.map((text, i) => i < parts.length ? text + render(parts[i]) : text).join(""));
}

/** Text as HTML shows it, safe inside an element and inside a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

function render(part: HtmlPart): string {
  if (part instanceof Markup) return part.text;
  if (Array.isArray(part)) return part.map(render).join("");
  return escapeHtml(String(part));
}
