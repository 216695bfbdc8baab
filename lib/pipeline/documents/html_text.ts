import { convert } from "html-to-text";

/** An element as html-to-text walks it; the package has no types. */
interface HtmlElement {
  readonly name: string;
  readonly children: readonly unknown[];
}
interface BlockBuilder {
  openBlock(options: { leadingLineBreaks: number }): void;
  closeBlock(options: { trailingLineBreaks: number }): void;
  addLiteral(text: string): void;
}

const HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"];
const LEFT_OUT = ["img", "script", "style", "noscript", "svg", "nav", "footer", "form", "iframe"];

const OPTIONS = {
  wordwrap: false,
  formatters: {
    heading(
      element: HtmlElement,
      walk: (children: readonly unknown[], to: BlockBuilder) => void,
      builder: BlockBuilder,
    ) {
      builder.openBlock({ leadingLineBreaks: 2 });
      builder.addLiteral(`${"#".repeat(Number(element.name[1]))} `);
      walk(element.children, builder);
      builder.closeBlock({ trailingLineBreaks: 2 });
    },
  },
  selectors: [
    ...HEADINGS.map((selector) => ({ selector, format: "heading" })),
    ...LEFT_OUT.map((selector) => ({ selector, format: "skip" })),
    { selector: "a", options: { ignoreHref: true } },
    { selector: "table", format: "dataTable", options: { uppercaseHeaderCells: false } },
  ],
};

/** Title and text of an HTML page; headings become lines that begin with `#`. Scripts, menus and forms are left out. */
export function htmlText(html: string): { title: string; text: string } {
  const [, title = ""] = /<title[^>]*>([\s\S]*?)<\/title>/i.exec(html) ?? [];
  return { title: convert(title, { wordwrap: false }).trim(), text: convert(html, OPTIONS).trim() };
}
