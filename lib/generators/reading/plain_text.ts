/** How answers begin that only introduce what follows. */
const PREAMBLE =
  /^(?:\*\*)?(?:(?:sure|certainly|of course|okay|ok|absolutely|great)\b[^.:\n]*[.!:,]?\s*)?(?:here (?:are|is|'s)|here’s|below (?:are|is|you)|the following|these are|as requested|sure|certainly|of course|i(?:'ve| have) (?:written|created|generated)|i will)\b/i;
const ABOUT = /\b(?:hard[- ]negatives?|passages?|documents?|examples?|quer(?:y|ies)|requirements|json|verdicts?)\b/i;
/** The same in other languages, on a line that ends in a colon. */
const PREAMBLE_ABROAD =
  /^(?:以下|下面|这里|這裡|好的|当然|當然|はい|こちら|もちろん|承知|다음은|물론|네[,.]|hier (?:sind|ist)|natürlich|gerne|voici|bien sûr|aquí|claro|por supuesto|aqui est|ecco|certo|вот|конечно|hier zijn|oto )/iu;
/** Comments after the answer. */
const COMMENTARY =
  /^(?:\*\*|\(|_)?(?:note\b|please note|let me know|i hope|hope this|these (?:hard[- ]negatives?|passages|documents|negatives)|each (?:of these|passage|document|hard[- ]negative)|explanation|all (?:of these|passages|documents)|feel free|in these|would you like)/i;

/** Whether a text only introduces what follows. */
export function isPreamble(text: string): boolean {
  const line = text.trim();
  if (line.length > 300) return false;
  if (PREAMBLE_ABROAD.test(line) && /[:：]$/.test(line)) return true;
  if (!PREAMBLE.test(line)) return false;
  return line.endsWith(":") || (ABOUT.test(line) && line.split(/[.!?]\s/).length <= 2 && line.length < 160);
}

/** Whether a text comments on the answer. */
export function isCommentary(text: string): boolean {
  return COMMENTARY.test(text.trim()) && text.length < 600;
}

const MARKER =
  /^[\s>]*(?:#{1,6}\s*)?(?:\*\*|__)?(?:(?:hard[- ]negative|negative|passage|document|doc|query|option|level|n)\s*(?:passage|document)?\s*#?\d+\s*(?:\([^)\n]*\))?\s*[:.)\]-]?|\d{1,2}\s*[.):]|[-*•]\s)(?:\*\*|__)?[:.]?\s*/i;
const LABEL = /^(?:\*\*|__)?(title|text|content|passage|document|query)\s*(?:\*\*|__)?\s*:\s*(?:\*\*|__)?\s*/i;

/**
 * The passages of a reply in plain text: numbered or bulleted items, headings such as "Passage 2:", or paragraphs,
 * without introductions and comments. "Title: … Text: …" and a bold first line become titles.
 */
export function plainItems(text: string): { title: string; text: string }[] {
  const lines = untagged(text.replace(/```\w*\n?/g, "")).split(/\r?\n/);
  const numbered = lines.filter((line) => MARKER.test(line)).length > 0;
  const blocks: string[][] = [];
  let open = false;
  for (const line of lines) {
    if (numbered ? MARKER.test(line) : line.trim() === "") {
      if (numbered) blocks.push([line.replace(MARKER, "")]);
      open = numbered;
    } else if (open || (numbered && blocks.length > 0)) blocks.at(-1)!.push(line);
    else if (!numbered) {
      blocks.push([line]);
      open = true;
    } // Text before the first number is an introduction.
  }
  return blocks.map(item).filter(({ title, text }) => text !== "" || title !== "");
}

const TAG =
  "hard[_ -]?negatives?|negatives?|passages?|documents?|docs?|items?|text|content|body|list|query|queries|question";

/** Turns tags around titles and texts into labels and paragraphs. */
function untagged(text: string): string {
  return text
    .replace(/<title>([^<\n]{1,300})<\/title>\s{0,40}(?:<(?:text|content|body)>\s{0,40})?/gi, "\nTitle: $1\n")
    .replace(
      new RegExp(`^[ \\t]*</?(?:${TAG})(?:[_ -]?\\d+)?(?:\\s[^<>\\n]{0,80})?>|</(?:${TAG})(?:[_ -]?\\d+)?>`, "gim"),
      "\n\n",
    );
}

function item(lines: readonly string[]): { title: string; text: string } {
  const paragraphs = lines.join("\n").split(/\n\s*\n/).map((part) => part.trim()).filter(Boolean);
  const kept = paragraphs.filter((part, i) => !(i > 0 && isCommentary(part)));
  let title = "";
  const rest: string[] = [];
  for (const line of kept.join("\n").split("\n").map((part) => part.trim()).filter(Boolean)) {
    const label = LABEL.exec(line)?.[1].toLowerCase();
    const body = label ? line.replace(LABEL, "") : line;
    if (label === "title" && title === "") title = unmarked(body);
    else if (body !== "") rest.push(body);
  }
  const bold = /^\*\*(.{3,120}?)\*\*:?\s*(.*)$/s.exec(rest[0] ?? "");
  if (title === "" && bold && (bold[2] !== "" || rest.length > 1)) {
    title = bold[1].replace(/:$/, "");
    rest.splice(0, 1, ...(bold[2] ? [bold[2]] : []));
  }
  return { title, text: unmarked(rest.join(" ")) };
}

function unmarked(text: string): string {
  return text.replace(/^["“](.*)["”]$/s, "$1").replace(/\*\*|__/g, "").trim();
}
