import type { JudgedItem, ModelRecipe, OutcomeKind, Reading, Subject } from "../types.ts";
import { complaint, type Guard, PASSAGE_GUARDS, QUERY_GUARDS } from "./guards.ts";
import { looseJson } from "./loose_json.ts";
import { isRefusal, plainItems } from "./plain_text.ts";
import { type Print, print } from "./print.ts";

/** A model's words and why it stopped. */
export interface Reply {
  /** The text. */
  readonly text: string;
  /** As the server says it: stop, length, content_filter; "refusal" and "broken" are the kit's own. */
  readonly finish_reason: string | null;
}

/** What the entries of a reply were found in. */
interface Entries {
  readonly entries: readonly Readonly<Record<string, unknown>>[];
  readonly whole?: Readonly<Record<string, unknown>>;
  /** Whether the last entry is cut off. */
  readonly cut: boolean;
}

/** Bracket positions that are tried as the start of the JSON. */
const STARTS = 24;

/**
 * Reads a reply of a model to a recipe. Never throws: whatever a model does, from code fences to refusals, ends as an
 * outcome with a reason, and every item of it as kept, dropped or relabelled.
 */
export function readReply(reply: Reply, recipe: ModelRecipe, subject: Subject, count: number): Reading {
  const text = reply.text.replace(/<think(?:ing)?>[\s\S]*?(?:<\/think(?:ing)?>|$)/gi, "").trim();
  const nothing = (kind: OutcomeKind, reason: string): Reading => ({ kind, reason, items: [] });
  if (reply.finish_reason === "refusal") return nothing("refused", brief(text));
  if (reply.finish_reason === "content_filter") return nothing("filtered", "the server's content filter stopped it");
  const atLimit = reply.finish_reason === "length" || reply.finish_reason === "broken";
  if (text === "") {
    return atLimit ? nothing("truncated", "cut off before the answer began") : nothing("empty", "no text");
  }

  const json = fromJson(text, recipe);
  if (!json && isRefusal(text)) return nothing("refused", brief(text));
  const found = json ?? fromText(text, recipe, atLimit);
  const items = judged(found, recipe, subject, count);
  const kept = items.filter((item) => usable(item, recipe)).length;
  const reflection = found.whole && recipe.reflection?.(found.whole);
  const dropped = [...new Set(items.filter((item) => !usable(item, recipe)).map((item) => item.reason!))];
  const truncated = found.cut || atLimit;
  const finish = (kind: OutcomeKind, reason: string): Reading => ({ kind, reason, items, reflection });
  if (kept >= count && count > 0) return finish("complete", `${kept} of ${count}`);
  const why = [truncated ? "cut off" : "", ...dropped].filter(Boolean).join("; ") || "the reply holds no more";
  if (kept > 0) return finish("partial", `${kept} of ${count}: ${why}`);
  if (truncated) return finish("truncated", `0 of ${count}: ${why}`);
  if (items.length === 0) return finish("malformed", `no list "${recipe.list[0]}" found: ${brief(text)}`);
  if (items.every((item) => item.reason?.startsWith("refusal"))) return finish("refused", brief(text));
  if (items.every((item) => item.reason?.startsWith("empty"))) return finish("empty", why);
  return finish("unusable", `0 of ${count}: ${why}`);
}

function judged(found: Entries, recipe: ModelRecipe, subject: Subject, count: number): JudgedItem[] {
  const guards: Readonly<Record<string, Guard>> = recipe.writes === "negatives"
    ? PASSAGE_GUARDS
    : recipe.writes === "queries"
    ? QUERY_GUARDS
    : {};
  const items: JudgedItem[] = [];
  const before: Print[] = [];
  const query = print(subject.query);
  const positive = print(subject.positive.text);
  let kept = 0;
  for (const [index, entry] of found.entries.entries()) {
    const item = recipe.item(entry, index, subject);
    const cut = found.cut && index === found.entries.length - 1;
    if (!item) {
      items.push({
        title: "",
        text: "",
        verdict: "dropped",
        reason: cut ? "truncated: cut off" : "malformed: no text",
      });
      continue;
    }
    const seen = print(item.text);
    const complaints = cut ? "truncated: cut off" : complaint(guards, { item: seen, query, positive, before }) ??
      (kept >= count ? `surplus: ${count} were asked for` : undefined);
    before.push(seen);
    if (complaints !== undefined) items.push({ ...item, verdict: "dropped", reason: complaints });
    else items.push({ ...item, verdict: item.verdict ?? "kept" });
    if (usable(items.at(-1)!, recipe)) kept++;
  }
  return items;
}

/** A verdict is of use whatever it says; a passage only when no guard dropped it. */
function usable(item: JudgedItem, recipe: ModelRecipe): boolean {
  return recipe.writes === "judgements" ? item.text !== "" : item.verdict !== "dropped";
}

/** The recipe's list in the first JSON of the reply that holds it; undefined if there is no JSON to speak of. */
function fromJson(text: string, recipe: ModelRecipe): Entries | undefined {
  const strict = parsed(text);
  const plain = strict === undefined ? undefined : inside(strict, recipe, 0);
  if (plain) return { entries: plain.list.map(asEntry), whole: plain.whole, cut: false };
  const loose: Record<string, unknown>[] = [];
  let lastCut = false;
  let tried = 0;
  for (let at = nextBracket(text, 0); at >= 0 && tried < STARTS; tried++) {
    const found = looseJson(text, at);
    if (!found) {
      at = nextBracket(text, at + 1);
      continue;
    }
    const listed = inside(found.value, recipe, 0);
    if (listed) {
      const last = listed.list.at(-1);
      const cut = found.cut.has(listed.list) || (last !== null && typeof last === "object" && found.cut.has(last));
      return { entries: listed.list.map(asEntry), whole: listed.whole, cut };
    }
    if (found.value !== null && typeof found.value === "object" && !Array.isArray(found.value)) {
      loose.push(found.value as Record<string, unknown>);
      lastCut = found.cut.has(found.value);
    }
    at = nextBracket(text, Math.max(found.end, at + 1));
  }
  // One object after the other, without a list around them.
  const fitting = loose.filter((entry) => recipe.item(entry, 0, NOBODY) !== undefined);
  if (fitting.length > 0) return { entries: fitting, cut: lastCut };
  return loose.length > 0 && !recipe.list.every((name) => loose.every((entry) => !(name in entry)))
    ? { entries: [], whole: loose[0], cut: lastCut }
    : undefined;
}

/** The reply as strict JSON, the usual case. */
function parsed(text: string): unknown {
  if (text[0] !== "{" && text[0] !== "[") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const NOBODY: Subject = { query_id: "", query: "", positive_id: "", positive: { title: "", text: "" } };

/** The list itself, or the object around it, at most two levels down; numbered fields count as a list. */
function inside(
  value: unknown,
  recipe: ModelRecipe,
  level: number,
): { list: unknown[]; whole?: Record<string, unknown> } | undefined {
  if (Array.isArray(value)) {
    const fits = value.some((entry) => recipe.item(asEntry(entry), 0, NOBODY) !== undefined);
    return fits && !value.every((entry) => typeof entry === "number") ? { list: value } : undefined;
  }
  if (value === null || typeof value !== "object") return undefined;
  const whole = value as Record<string, unknown>;
  for (const name of recipe.list) {
    if (Array.isArray(whole[name])) return { list: whole[name] as unknown[], whole };
  }
  const numbered = Object.keys(whole).filter((name) => /\d$/.test(name) && typeof whole[name] !== "number");
  if (numbered.length > 0) return { list: numbered.map((name) => whole[name]), whole };
  if (level >= 2) return undefined;
  for (const child of Object.values(whole)) {
    const found = typeof child === "object" ? inside(child, recipe, level + 1) : undefined;
    if (found) return { list: found.list, whole };
  }
  return undefined;
}

function asEntry(entry: unknown): Record<string, unknown> {
  if (entry !== null && typeof entry === "object" && !Array.isArray(entry)) return entry as Record<string, unknown>;
  return typeof entry === "string" ? { text: entry } : {};
}

function fromText(text: string, recipe: ModelRecipe, atLimit: boolean): Entries {
  if (recipe.writes === "judgements") {
    const lines = [...text.matchAll(/^\W*(\d+)\W+(keep|drop|relabel)\w*\W*(.*)$/gim)];
    const entries = lines.map(([, number, verdict, reason]) => ({ number: Number(number), verdict, reason }));
    return { entries, cut: false };
  }
  // Braces without a list are a JSON that went wrong, not prose.
  if (/^(?:```\w*\s*)?[{[]/.test(text)) return { entries: [], cut: atLimit };
  const entries = plainItems(text).map((item) => ({ ...item }));
  return { entries, cut: atLimit && entries.length > 0 };
}

function nextBracket(text: string, from: number): number {
  for (let at = from; at < text.length; at++) if (text[at] === "{" || text[at] === "[") return at;
  return -1;
}

function brief(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return line.length <= 80 ? line : `${line.slice(0, 79)}…`;
}
