import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { KitError } from "../../core/errors.ts";
import { random } from "../../core/random.ts";

/** Readers of freely usable text, by the name before the colon of a source: `man:/usr/share/man`. */
export const TEXT_READERS: Record<string, (path: string) => AsyncGenerator<string>> = {
  beir,
  man,
  packages,
  wordnet,
  lines,
};

/** Sentences of a paragraph. */
function sentences(text: string): string[] {
  return text.split(/(?<=[.!?])\s+(?=[A-Z"(])/).map((s) => s.trim());
}

/** Readable sentences, and runs of three to six sentences as passages. */
function* pieces(text: string): Generator<string> {
  const parts = sentences(text);
  for (const part of parts) if (readable(part)) yield part;
  for (let at = 0; at + 2 < parts.length;) {
    const count = 3 + (parts[at].length % 4);
    const passage = parts.slice(at, at + count).join(" ");
    if (readable(passage)) yield passage.slice(0, 900);
    at += count;
  }
}

/** Whether a text is mostly words: at least four, and four of five characters letters or spaces. */
function readable(text: string): boolean {
  const words = text.split(/\s+/).length;
  const letters = text.replaceAll(/[^a-zA-Z\s]/g, "").length;
  return words >= 4 && letters > 0.85 * text.length && text.length < 2000;
}

async function* beir(folder: string): AsyncGenerator<string> {
  const file = join(folder, "corpus.jsonl");
  const lines = (await Deno.readTextFile(file)).split("\n");
  for (let i = 0; i < lines.length; i++) {
    if (lines[i] === "") continue;
    let row: { title?: unknown; text?: unknown };
    try {
      row = JSON.parse(lines[i]);
    } catch (cause) {
      throw new KitError("Cannot read a document: the line is not JSON", { file, line: i + 1 }, { cause });
    }
    if (typeof row.title === "string" && readable(row.title)) yield row.title;
    if (typeof row.text === "string") yield* pieces(row.text);
  }
}

async function* man(folder: string): AsyncGenerator<string> {
  const families = new Map<string, number>();
  for (let section = 1; section <= 8; section++) {
    const names: string[] = [];
    try {
      for await (const entry of Deno.readDir(join(folder, `man${section}`))) if (entry.isFile) names.push(entry.name);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    for (const name of names.sort()) {
      const family = name.split(/[-_.:]/)[0];
      const seen = families.get(family) ?? 0;
      families.set(family, seen + 1);
      if (seen >= 120) continue; // Some programs have thousands of nearly equal pages.
      const bytes = await Deno.readFile(join(folder, `man${section}`, name));
      const page = new TextDecoder().decode(name.endsWith(".gz") ? gunzipSync(bytes) : bytes);
      for (const paragraph of paragraphs(page)) yield* pieces(paragraph);
    }
  }
}

/** Paragraphs of running text of a manual page, without requests and fonts. */
function paragraphs(page: string): string[] {
  const found: string[] = [];
  let current: string[] = [];
  const flush = () => {
    if (current.length > 0) found.push(current.join(" ").replaceAll(/\s+/g, " ").trim());
    current = [];
  };
  let literal = false;
  for (const line of page.split("\n")) {
    if (/^[.']\s*(nf|EX|Bd)\b/.test(line)) literal = true;
    if (/^[.']\s*(fi|EE|Ed)\b/.test(line)) literal = false;
    const font = /^[.'](?:B|I|BR|IR|RB|RI|BI|IB|Nm|Ar|Xr|Pa|Em|Va)\s+(.*)/.exec(line);
    if (font) current.push(plain(font[1].replaceAll('"', "")));
    else if (/^[.']/.test(line) || line.trim() === "") flush();
    else if (!literal) current.push(plain(line));
  }
  flush();
  return found;
}

function plain(line: string): string {
  return line
    .replaceAll(/\\f(\[[^\]]*\]|\(..|.)/g, "").replaceAll(/\\\*?\((?:aq|oq|cq)/g, "'").replaceAll(
      /\\\((?:lq|rq|dq)/g,
      '"',
    )
    .replaceAll(/\\\(em/g, " - ").replaceAll(/\\[-]/g, "-").replaceAll(/\\s[+-]?\d+/g, "").replaceAll(
      /\\[&%,/|^:)]/g,
      "",
    )
    .replaceAll(/\\\*?(\(..|\[[^\]]*\])/g, "").replaceAll(/\\[e ~]/g, " ").replaceAll(/\\"/g, "");
}

async function* packages(file: string): AsyncGenerator<string> {
  const text = await Deno.readTextFile(file);
  for (const match of text.matchAll(/^Description(?:-en)?: (.*)$/gm)) if (readable(match[1])) yield match[1];
}

async function* wordnet(folder: string): AsyncGenerator<string> {
  const draw = random("wordnet");
  for (const part of ["noun", "verb", "adj", "adv"]) {
    const kin: string[] = [];
    for (const line of (await Deno.readTextFile(join(folder, `data.${part}`))).split("\n")) {
      const bar = line.indexOf(" | ");
      if (bar < 0 || line.startsWith(" ")) continue;
      const fields = line.slice(0, bar).split(" ");
      const words = parseInt(fields[3], 16);
      const lemmas = Array.from(
        { length: words },
        (_, i) => fields[4 + 2 * i].replaceAll("_", " ").replace(/\(.*\)/, ""),
      );
      const gloss = line.slice(bar + 3).trim();
      const definition = gloss.split('; "')[0].trim();
      for (const example of gloss.matchAll(/"([^"]{20,})"/g)) yield example[1];
      if (definition.length < 15) continue;
      const lemma = lemmas[draw.integer(lemmas.length)];
      yield sentenceOf(lemma, definition, draw.integer(6));
      // Neighbors in the file are close in meaning: five of them read like a passage on one subject.
      kin.push(`${lemma[0].toUpperCase()}${lemma.slice(1)} is ${definition}.`);
      if (kin.length === 5) {
        if (draw.integer(4) === 0) yield kin.join(" ");
        kin.length = 0;
      }
    }
  }
}

/** A definition as a statement, a phrase or a question. */
function sentenceOf(lemma: string, definition: string, form: number): string {
  const clause = /^(?:an?|the|any|some|one of the)? ?([\w -]+?) (?:that|which|who) (.+)$/.exec(definition);
  switch (form) {
    case 0:
      return definition;
    case 1:
      return `What is ${lemma}?`;
    case 2:
    case 3:
      return clause ? `Which ${clause[1]} ${clause[2]}?` : `What do you call ${definition}?`;
    case 4:
      return lemma.length > 8 ? lemma : `${lemma} ${definition.split(" ").slice(0, 5).join(" ")}`;
    default:
      return `${lemma}: ${definition}`;
  }
}

async function* lines(file: string): AsyncGenerator<string> {
  for (const line of (await Deno.readTextFile(file)).split("\n")) if (line !== "") yield line;
}
