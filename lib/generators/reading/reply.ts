import type { JudgedItem, OutcomeKind, Reading } from "../outcome.ts";
import type { ModelRecipe, PromptInput } from "../recipe.ts";
import { afterThoughts } from "./aloud.ts";
import { clean, damage } from "./damage.ts";
import { type Entries, type Entry, jsonEntries } from "./entries.ts";
import { type Fingerprint, fingerprint } from "./fingerprint.ts";
import { type Guard, objection, PASSAGE_GUARDS, QUERY_GUARDS } from "./guards.ts";
import { plainItems } from "./plain_text.ts";
import { isRefusal } from "./refusal.ts";
import { spoken } from "./spoken.ts";

/**
 * A model's reply, and why it stopped.
 *
 * @category Generation
 */
export interface Reply {
  /** The text. */
  readonly text: string;
  /** The server's reason: stop, length, content_filter; the client adds "refusal" and "broken". */
  readonly finishReason: string | null;
}

/** Maximum items read per requested item; the rest is surplus. */
const LOOKED_AT = 20;
const LEAST_LOOKED_AT = 100;

/**
 * Reads a model's reply to a recipe. Never throws: whatever a model writes, from code fences to refusals, becomes an
 * outcome with a reason, and each of its items is kept, dropped or relabeled.
 *
 * @param count Requested items.
 *
 * @example
 * ```ts
 * import { type ModelRecipe, readReply } from "../mod.ts";
 * import { recipeOf } from "@syneg/kit";
 * const input = { queryId: "q", query: "Do bats sleep?", positiveId: "d", positive: { title: "", text: "They do." } };
 * const reply = { text: "I can't help with that.", finishReason: "stop" };
 * console.log(readReply(reply, recipeOf("syneg") as ModelRecipe, input, 2).kind); // refused
 * ```
 *
 * @category Generation
 */
export function readReply(reply: Reply, recipe: ModelRecipe, input: PromptInput, count: number): Reading {
  const said = spoken(reply.text);
  const text = said.text.toWellFormed();
  if (reply.finishReason === "refusal") return nothing("refused", brief(text));
  if (reply.finishReason === "content_filter") return nothing("filtered", "stopped by the server's content filter");
  const atLimit = reply.finishReason === "length" || reply.finishReason === "broken" || said.thinking;
  if (text === "") {
    if (atLimit) return nothing("truncated", "cut off before the answer began");
    return nothing("empty", said.thought ? "thoughts and no answer" : "no text");
  }
  const json = jsonEntries(said, recipe);
  if (!json && isRefusal(text, { alone: true })) return nothing("refused", brief(text));
  const found = json ?? plainEntries(text, recipe, atLimit);
  if (found) return readingOf(found, { recipe, input, count, text, atLimit });
  return atLimit
    ? nothing("truncated", "cut off before the answer began")
    : nothing("empty", `thoughts and no answer: ${brief(text)}`);
}

function nothing(kind: OutcomeKind, reason: string): Reading {
  return { kind, reason, items: [] };
}

/** What the entries of a reply are read by. */
interface Asked {
  readonly recipe: ModelRecipe;
  readonly input: PromptInput;
  readonly count: number;
}

/** The outcome of a reply that has entries. */
function readingOf(
  found: Entries,
  { recipe, input, count, text, atLimit }: Asked & { readonly text: string; readonly atLimit: boolean },
): Reading {
  const items = settled(judged(found, { recipe, input, count }), found, { recipe, input });
  const kept = items.filter((item) => usable(item, recipe)).length;
  const reflection = found.whole && recipe.reflection?.(found.whole)?.toWellFormed();
  const dropped = [...new Set(items.filter((item) => !usable(item, recipe)).map((item) => item.reason!))];
  const truncated = found.cut || atLimit;
  const finish = (kind: OutcomeKind, reason: string): Reading => ({ kind, reason, items, reflection });
  if (kept >= count && count > 0) return finish("complete", `${kept} of ${count}`);
  const why = [truncated ? "cut off" : "", ...dropped].filter(Boolean).join("; ") || "the reply has no more";
  if (kept > 0) return finish("partial", `${kept} of ${count}: ${why}`);
  if (truncated) return finish("truncated", `0 of ${count}: ${why}`);
  if (items.length === 0) return finish("malformed", `no list "${recipe.list[0]}" found: ${brief(text)}`);
  if (items.every((item) => item.reason?.startsWith("refusal"))) return finish("refused", brief(text));
  if (items.every((item) => item.reason?.startsWith("empty"))) return finish("empty", why);
  return finish("unusable", `0 of ${count}: ${why}`);
}

function judged(found: Entries, { recipe, input, count }: Asked): JudgedItem[] {
  const items: JudgedItem[] = [];
  const before: Fingerprint[] = [];
  const query = fingerprint(input.query);
  const positive = fingerprint(input.positive.text);
  const most = Math.max(LEAST_LOOKED_AT, LOOKED_AT * count);
  const surplus = `surplus: ${count} were asked for`;
  let kept = 0;
  for (const [index, entry] of found.entries.entries()) {
    const raw = recipe.item(entry, index, input);
    const item = raw ? clean(raw) : { title: "", text: "" };
    const complain = (): string | undefined => {
      if (found.cut && index === found.entries.length - 1) return "truncated: cut off";
      if (!raw) return "malformed: no text";
      if (recipe.writes === "judgments") return undefined;
      if (index >= most) return surplus;
      const damaged = damage(raw, input.positive.text);
      if (damaged !== undefined) return damaged;
      const seen = fingerprint(item.text);
      const reason = objection(guards(recipe), { item: seen, query, positive, before, plain: found.plain });
      before.push(seen);
      return reason ?? (kept >= count ? surplus : undefined);
    };
    const reason = complain();
    if (reason !== undefined) {
      // A judgment that breaks off is none.
      const text = recipe.writes === "judgments" ? "" : item.text;
      items.push({ ...item, text, verdict: "dropped", reason });
    } else items.push({ ...item, verdict: item.verdict ?? "kept" });
    if (usable(items.at(-1)!, recipe)) kept++;
  }
  return items;
}

/** The items with the verdicts that follow from the whole reply. */
function settled(
  items: readonly JudgedItem[],
  { whole = {}, open = false }: Entries,
  { recipe, input }: Pick<Asked, "recipe" | "input">,
): readonly JudgedItem[] {
  if (!recipe.settle) return items;
  const sound = recipe.settle(items.filter((item) => usable(item, recipe)), { reply: whole, input, cut: open });
  const rest = items.filter((item) => !usable(item, recipe));
  return [...sound.map((item) => ({ ...item, verdict: item.verdict ?? "kept" })), ...rest];
}

function guards({ writes }: ModelRecipe): Readonly<Record<string, Guard>> {
  return writes === "negatives" ? PASSAGE_GUARDS : writes === "queries" ? QUERY_GUARDS : {};
}

/** Whether an item counts: every judgment does, a passage unless it is dropped. */
function usable(item: JudgedItem, recipe: ModelRecipe): boolean {
  return recipe.writes === "judgments" ? item.text !== "" : item.verdict !== "dropped";
}

/** Entries of a reply without JSON; undefined if it has thoughts and no answer. */
function plainEntries(text: string, recipe: ModelRecipe, atLimit: boolean): Entries | undefined {
  if (recipe.writes === "judgments") return { entries: plainJudgments(text), cut: false };
  // Braces without a list are broken JSON, not prose.
  if (/^(?:```\w*\s*)?[{[]/.test(text)) return { entries: [], cut: atLimit };
  const answer = afterThoughts(text);
  if (answer === undefined) return undefined;
  const entries = plainItems(answer).map((item) => ({ ...item }));
  return { entries, cut: atLimit && entries.length > 0, plain: true };
}

/** Lines such as "2: drop - answers in part". The last line about a candidate counts; earlier ones are thoughts. */
function plainJudgments(text: string): Entry[] {
  const lines = [...text.matchAll(/^[^\w\n]*(\d+)[^\w\n]+(keep|drop|relabel)\w*[^\w\n]*(.*)$/gim)];
  const last = new Map(lines.map(([, number, verdict, reason]) => [Number(number), { verdict, reason }]));
  return [...last].map(([number, said]) => ({ number, ...said }));
}

function brief(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return line.length <= 80 ? line : `${line.slice(0, 79)}…`;
}
