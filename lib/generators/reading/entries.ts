import type { ModelRecipe, PromptInput } from "../recipe.ts";
import { type Loose, looseJson } from "./loose_json.ts";
import type { Spoken } from "./spoken.ts";

/** One entry of a reply's list; each field also has its name in snake_case. */
export type Entry = Readonly<Record<string, unknown>>;

/** The entries of a reply. */
export interface Entries {
  readonly entries: readonly Entry[];
  /** The object around the list. */
  readonly whole?: Entry;
  /** Whether the last entry is cut off. */
  readonly cut: boolean;
  /** Whether the value around the list is cut off. */
  readonly open?: boolean;
  /** Whether they come from plain text. */
  readonly plain?: boolean;
}

/** How well a value fits the recipe: 2 if it has the name of the list, 1 if it has the shape of its items. */
type Fit = 2 | 1;

interface Listed {
  readonly list: readonly unknown[];
  readonly whole?: Record<string, unknown>;
  readonly fit: Fit;
}

const NO_INPUT: PromptInput = { queryId: "", query: "", positiveId: "", positive: { title: "", text: "" } };
/** Maximum levels of objects around the list. */
const LEVELS = 3;
/** Maximum characters between two objects of one list. */
const GAP = 60;

/**
 * The recipe's list among the JSON values of a reply: the last value with its name, else the last with its shape.
 * Earlier ones are drafts. A value that the end of the reply cuts off counts too.
 */
export function jsonEntries({ values, text, end }: Spoken, recipe: ModelRecipe): Entries | undefined {
  let best: { listed: Listed; found: Loose } | undefined;
  for (const found of values) {
    const listed = listIn(found.value, recipe, 0) ?? begun(found, recipe, end);
    if (!listed || listed.fit < (best?.listed.fit ?? 1)) continue;
    if (best && found.complete && hollow(listed, recipe)) continue;
    // Brackets within a passage are not a list.
    if (listed.list === found.value && !listed.list.some(isObject) && found.end - found.start < text.length / 2) {
      continue;
    }
    best = { listed, found };
  }
  const run = best?.listed.fit === 2 ? [] : lastRun(values, recipe);
  const closing = run.at(-1);
  if (closing && closing.start > (best?.found.start ?? -1)) {
    return {
      entries: run.map(({ value }) => entryOf(value)),
      cut: closing.cut.has(closing.value!),
      open: !closing.complete,
    };
  }
  if (!best) return undefined;
  const { listed: { list, whole }, found } = best;
  const last = list.at(-1);
  const cut = !found.complete &&
    (found.cut.has(list) || (isObject(last) && found.cut.has(last)) || (list.length === 0 && found.end >= end));
  return { entries: list.map(entryOf), whole, cut, open: !found.complete };
}

/** An answer that is cut off before its list begins. */
function begun({ value, complete, end }: Loose, recipe: ModelRecipe, last: number): Listed | undefined {
  if (complete || end < last || !isObject(value) || Array.isArray(value)) return undefined;
  const whole = named(value);
  const known = recipe.list.some((name) => name in whole) || recipe.reflection?.(whole) !== undefined;
  return known ? { list: [], whole, fit: 2 } : undefined;
}

/** The last run of objects that follow one another without a list around them. */
function lastRun(values: readonly Loose[], recipe: ModelRecipe): Loose[] {
  let run: Loose[] = [];
  for (const found of values) {
    if (Array.isArray(found.value) || recipe.item(entryOf(found.value), 0, NO_INPUT) === undefined) continue;
    if (run.length > 0 && found.start - run.at(-1)!.end > GAP) run = [];
    run.push(found);
  }
  return run;
}

/** The list in a value, and the object around it; numbered fields count as a list. */
function listIn(value: unknown, recipe: ModelRecipe, level: number): Listed | undefined {
  if (Array.isArray(value)) {
    const list = flat(value);
    if (list.every((entry) => typeof entry === "number")) return undefined;
    if (list.some((entry) => isObject(entry) && recipe.item(entryOf(entry), 0, NO_INPUT))) return { list, fit: 1 };
    if (level > 0) return undefined;
    return list.some((entry) => recipe.item(entryOf(entry), 0, NO_INPUT)) ? { list, fit: 1 } : undefined;
  }
  if (!isObject(value)) return undefined;
  const whole = named(value);
  for (const name of recipe.list) {
    const list = listOf(whole[name], recipe);
    if (list) return { list, whole, fit: 2 };
  }
  const numbered = Object.keys(value).filter((name) => /\d$/.test(name) && !(typeof whole[name] === "number"));
  if (numbered.length > 0) return { list: numbered.map((name) => byNumber(name, whole[name], recipe)), whole, fit: 1 };
  if (level >= LEVELS) return undefined;
  for (const child of Object.values(value)) {
    const inner = typeof child === "string" ? jsonOf(child) : child;
    const found = isObject(inner) ? listIn(inner, recipe, level + 1) : undefined;
    if (found) return { ...found, whole: found.whole ?? whole };
  }
  return undefined;
}

/** The list in a field of the recipe's name: an array, JSON within a text, numbered fields, or a single entry. */
function listOf(value: unknown, recipe: ModelRecipe): readonly unknown[] | undefined {
  if (Array.isArray(value)) return flat(value);
  if (typeof value === "string") return listOf(jsonOf(value), recipe);
  if (!isObject(value)) return undefined;
  if (recipe.item(entryOf(value), 0, NO_INPUT)) return [value];
  const inner = Object.entries(value).map(([name, entry]) => byNumber(name, entry, recipe));
  return inner.length > 0 && inner.every((entry) => isObject(entry) || typeof entry === "string") ? inner : undefined;
}

/** A judgment under its number, such as `"3": {…}` or `"3": "…"`, with that number. */
function byNumber(name: string, entry: unknown, { writes }: ModelRecipe): unknown {
  const number = writes === "judgments" ? /^\D{0,12}(\d{1,9})$/.exec(name)?.[1] : undefined;
  if (number === undefined || Array.isArray(entry)) return entry;
  return isObject(entry) ? Object.assign(entry, { number, ...entry }) : { number, text: entry };
}

/** The JSON value of a text that begins with one. */
function jsonOf(text: string): object | undefined {
  const start = /^(?:```\w*)?\s*(?=[[{])/.exec(text)?.[0].length;
  return start === undefined ? undefined : looseJson(text, start)?.value;
}

/** A list with nested lists of objects flattened; the same array if there are none, so that its cut-off mark holds. */
function flat(list: readonly unknown[]): readonly unknown[] {
  const nested = list.some((entry) => Array.isArray(entry) && entry.some(isObject));
  return nested ? list.flatMap((entry) => Array.isArray(entry) && entry.some(isObject) ? entry : [entry]) : list;
}

/** Whether a list only repeats the requested format: "...". */
function hollow({ list }: Listed, recipe: ModelRecipe): boolean {
  return list.length > 0 &&
    list.every((entry) => !/[\p{L}\p{N}]/u.test(recipe.item(entryOf(entry), 0, NO_INPUT)?.text ?? ""));
}

function entryOf(entry: unknown): Entry {
  if (isObject(entry) && !Array.isArray(entry)) return named(entry);
  if (Array.isArray(entry)) return { text: entry };
  return typeof entry === "string" ? { text: entry } : {};
}

/** The object with its fields in snake_case too: "Hard Negatives" and "hardNegatives" are also "hard_negatives". */
function named(value: object): Record<string, unknown> {
  const fields = { ...value } as Record<string, unknown>;
  for (const [name, field] of Object.entries(value)) {
    const plain = name.trim().replace(/(\p{Ll})(\p{Lu})/gu, "$1_$2").replace(/[\s-]+/g, "_").toLowerCase();
    if (!Object.hasOwn(fields, plain) && plain !== "__proto__") fields[plain] = field;
  }
  return fields;
}

function isObject(value: unknown): value is object {
  return value !== null && typeof value === "object";
}
