import { html } from "../core/html.ts";
import type { Comment } from "./docs.ts";

/** An option, or a member of a class. */
export interface PageMember {
  readonly name: string;
  /** Its type as the source has it. */
  readonly type: string;
  readonly about: string;
  /** Its default, if it has one. */
  readonly fallback: string | undefined;
  readonly required: boolean;
}

/** What a page of help is made of. */
export interface PageParts {
  readonly name: string;
  readonly signature: string;
  readonly comment: Comment;
  readonly members: readonly PageMember[];
  /** What the members are: "Options". */
  readonly membersAre: string;
}

/** A page of help as text and as markup. */
export function pageOf({ name, signature, comment, members, membersAre }: PageParts): { text: string; html: string } {
  const about = plain(comment.doc ?? "");
  const throws = (comment.tags ?? []).filter(({ kind }) => kind === "throws")
    .map(({ tsType, doc }) => `Throws ${tsType?.repr ?? "an error"} ${plain(doc ?? "")}`);
  const example = (comment.tags ?? []).find(({ kind }) => kind === "example")?.doc ?? "";
  const code = /```\w*[^\n]*\n([\s\S]*?)```/.exec(example)?.[1].trimEnd() ?? "";
  const listed = members.map(({ about, fallback, required, ...rest }) => ({
    ...rest,
    about: plain(about) +
      (fallback !== undefined ? ` [default: ${fallback}]` : required && membersAre === "Options" ? " [required]" : ""),
  }));
  const width = Math.max(0, ...listed.map(({ name }) => name.length));
  const indent = " ".repeat(width + 4);
  const lines = listed.flatMap(({ name, type, about }) => [
    ...wrapped(`  ${name.padEnd(width)}  ${[type, about].filter(Boolean).join(": ")}`, indent),
  ]);
  const sections = [
    wrapped(signature, "    ").join("\n"),
    wrapped(about, "").join("\n"),
    lines.length > 0 ? [membersAre, ...lines].join("\n") : "",
    throws.flatMap((line) => wrapped(line, "  ")).join("\n"),
    code === "" ? "" : ["Example", ...code.split("\n").map((line) => `  ${line}`)].join("\n"),
  ];
  const left = "text-align:left;vertical-align:top";
  const row = ({ name, type, about }: typeof listed[number]) =>
    html`
      <tr>
        <td style="${left}"><code>${name}</code></td>
        <td style="${left}"><code>${type}</code></td>
        <td style="${left}">${about}</td>
      </tr>
    `;
  const markup = html`<div><p><b>${name}</b></p><pre style="white-space:pre-wrap">${signature}</pre><p>${about}</p>
    ${
    listed.length > 0
      ? html`
        <p><b>${membersAre}</b></p>
        <table>
          <tbody>${listed.map(row)}</tbody>
        </table>
      `
      : ""
  }
    ${throws.map((line) => html`<p>${line}</p>`)}
    ${
    code === "" ? "" : html`
      <p><b>Example</b></p>
      <pre>${code}</pre>
    `
  }</div>`;
  return { text: sections.filter(Boolean).join("\n\n"), html: markup.text };
}

/** A comment without its links and line breaks. */
function plain(text: string): string {
  return text.replaceAll(/\{@link (?:\w+\.)?(\w+)\}/g, "$1").replaceAll(/\s+/g, " ").trim();
}

/** Lines of at most 100 characters. */
function wrapped(text: string, indent: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/(?<=\S) (?=\S)/)) {
    if (line !== "" && line.length + 1 + word.length > 100) {
      lines.push(line);
      line = indent + word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
