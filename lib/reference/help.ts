import { showing } from "../core/display.ts";
import { ArgumentError } from "../core/errors.ts";
import { suggestion } from "../core/nearest.ts";
import { type Declared, docsOf, linesOf } from "./docs.ts";
import { pageOf } from "./page.ts";

/**
 * The documentation of a name. It shows itself in a notebook and a terminal.
 *
 * @category Core
 */
export interface HelpPage {
  /** Where it is found: `kit.mine`, `kit.filters.verdicts`. */
  readonly name: string;
  /** The page as text. */
  readonly text: string;
}

const MAIN = new URL("../../mod.ts", import.meta.url);

/** A name, its value, and the module that documents it. */
interface Entry {
  readonly path: string;
  readonly name: string;
  readonly value: unknown;
  readonly module: URL;
}

/**
 * Shows how a function or class is called: its signature, its options with defaults, an example. In a notebook write
 * `await kit.help(kit.mine)`.
 *
 * @param subject A function or class of the package, a namespace such as `kit.filters`, or a name: `"filters.verdicts"`.
 * @throws {ArgumentError} if the package has no such name.
 * @throws {KitError} if the documentation cannot be read.
 *
 * @example
 * ```ts ignore
 * import * as kit from "@syneg/kit";
 * console.log(await kit.help(kit.mine));
 * ```
 * @category Core
 */
export async function help(subject: unknown): Promise<HelpPage> {
  const entries = await entriesOf();
  const wanted = typeof subject === "string" ? subject.replace(/^kit\./, "") : undefined;
  const found = entries.find(({ path, value }) => wanted === undefined ? value === subject : path === `kit.${wanted}`);
  if (!found && wanted === undefined) {
    throw new ArgumentError("No help on this value: it is not a public name of the kit");
  }
  if (!found) {
    throw new ArgumentError(`No help on "${wanted}": ${suggestion(wanted!, entries.map(({ path }) => path.slice(4)))}`);
  }
  const page = isModule(found.value) ? await contentsOf(found, entries) : await documented(found);
  return showing({ name: found.path, text: page.text }, { text: () => page.text, html: () => page.html });
}

/** Every name of the package's face, and of the namespaces in it. */
async function entriesOf(): Promise<Entry[]> {
  const kit: Record<string, unknown> = await import(MAIN.href);
  const docs = await docsOf(MAIN);
  const entries: Entry[] = [];
  for (const [name, value] of Object.entries(kit)) {
    const declared = docs.get(name);
    if (!declared) continue;
    entries.push({ path: `kit.${name}`, name, value, module: MAIN });
    if (!isModule(value)) continue;
    const module = await moduleOf(declared);
    for (const [inner, part] of Object.entries(value)) {
      entries.push({ path: `kit.${name}.${inner}`, name: inner, value: part, module });
    }
  }
  // What the face and a namespace both hold is found on the face.
  return entries.sort((a, b) => a.path.split(".").length - b.path.split(".").length);
}

function isModule(value: unknown): value is Record<string, unknown> {
  return Object.prototype.toString.call(value) === "[object Module]";
}

/** The module that a namespace is made of: `export * as filters from "./filters/mod.ts"`. */
async function moduleOf({ location: { filename, line } }: Declared): Promise<URL> {
  const [, specifier] = /from "([^"]+)"/.exec((await linesOf(filename))[line]) ?? [];
  return new URL(specifier, filename);
}

async function documented({ path, name, module }: Entry) {
  const docs = await docsOf(module);
  const declared = docs.get(name)!;
  const lines = await linesOf(declared.location.filename);
  const signature = signatureOf(lines, declared.location.line);
  // Options are an interface that is exported beside the function.
  const options = /options\??: (?:Partial<)?(\w+)/.exec(signature)?.[1];
  const own = new URL(declared.location.filename);
  const described = options === undefined
    ? undefined
    : docs.get(options) ?? (await docsOf(MAIN)).get(options) ?? (await docsOf(own)).get(options);
  return pageOf({
    name: path,
    signature: signature.replace(new RegExp(`^${name}\\b`), path),
    comment: declared.jsDoc ?? {},
    members: await membersOf(described ?? declared),
    membersAre: described ? "Options" : "Members",
  });
}

/** Declared type and comment of an interface's properties, or of a class's properties and methods. */
async function membersOf({ def, location: { filename } }: Declared) {
  const lines = await linesOf(filename);
  const members = [...def?.properties ?? [], ...def?.methods ?? []].filter(({ name }) => !name.startsWith("["));
  return members.map(({ name, jsDoc, optional, location: { line } }) => {
    const source = signatureOf(lines, line).replace(/^(?:declare |readonly |get )+/, "");
    const method = new RegExp(`^(?:async )?${name}(?:<.*?>)?\\(`).test(source);
    const type = method ? source.slice(source.indexOf("(")) : source.replace(/^\w+\??(?:: )?/, "").replace(/[;,]$/, "");
    const fallback = jsDoc?.tags?.find(({ kind }) => kind === "default")?.value;
    const stated = fallback !== undefined && fallback !== "undefined" && !fallback.endsWith("{");
    return { name, type, about: jsDoc?.doc ?? "", fallback: stated ? fallback : undefined, required: !optional };
  });
}

/** The source of a declaration up to its body, on one line. `deno doc` counts lines from 0. */
function signatureOf(lines: readonly string[], begin: number): string {
  let text = "";
  for (let at = begin; at < lines.length && at < begin + 30; at++) {
    const line = lines[at].trim();
    text += text === "" || text.endsWith("(") ? line : ` ${line}`;
    if (/(?:\{|;|=>)$/.test(line) && !/[(,]\s*\{$/.test(text)) break;
  }
  return text.replace(/ ?\{$/, "").replace(/, \)/g, ")").replace(
    /^export (?:async )?(?:function\*? |const |abstract )?/,
    "",
  );
}

/** The names of a namespace with what each does. */
async function contentsOf({ path, module, name }: Entry, entries: readonly Entry[]) {
  const own = (await docsOf(module)).get(name);
  const inside = entries.filter((entry) => entry.path.startsWith(`${path}.`));
  const docs = inside.length > 0 ? await docsOf(inside[0].module) : new Map<string, Declared>();
  return pageOf({
    name: path,
    signature: path,
    comment: own?.jsDoc ?? {},
    members: inside.map((entry) => ({
      name: entry.name,
      type: "",
      about: /^.*?\.(?=\s|$)/s.exec(docs.get(entry.name)?.jsDoc?.doc ?? "")?.[0] ?? "",
      fallback: undefined,
      required: false,
    })),
    membersAre: "Names",
  });
}
