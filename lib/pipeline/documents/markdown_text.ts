/** Title and text of a Markdown file: without front matter, links and images as their words, headings as they are. */
export function markdownText(markdown: string): { title: string; text: string } {
  const body = markdown.replace(/^\uFEFF?---\r?\n[\s\S]*?\r?\n---\r?\n/, "");
  let fenced = false;
  const lines = body.split(/\r?\n/).map((line) => {
    if (/^\s*(```|~~~)/.test(line)) {
      fenced = !fenced;
      return "";
    }
    // A comment of a program is no heading.
    if (fenced) return line.replace(/^#/, " #");
    return line.replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1").replace(/(\*\*|__)(.+?)\1/g, "$2").replace(
      /`([^`]+)`/g,
      "$1",
    );
  });
  const text = lines.join("\n").trim();
  const [, title = ""] = /^#\s+(.+?)\s*#*$/m.exec(text) ?? [];
  return { title, text };
}
