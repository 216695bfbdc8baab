import type { JudgedItem, OutcomeKind, Reading } from "../outcome.ts";
import type { ModelRecipe, PromptInput } from "../recipe.ts";
import { behindThoughts } from "./aloud.ts";
import { clean, damage } from "./damage.ts";
import { type Entries, jsonEntries } from "./entries.ts";
import { complaint, type Guard, PASSAGE_GUARDS, QUERY_GUARDS } from "./guards.ts";
import { plainItems } from "./plain_text.ts";
import { type Fingerprint, fingerprint } from "./fingerprint.ts";
import { isRefusal } from "./refusal.ts";
import { spoken } from "./spoken.ts";

/** A model's words and why it stopped. */
export interface Reply {
  /** The text. */
  readonly text: string;
  /** As the server says it: stop, length, content_filter; "refusal" and "broken" are the kit's own. */
  readonly finishReason: string | null;
}

/** Items of a reply that are looked at, for each one asked for; what comes behind them is surplus. */
const LOOKED_AT = 20;
const LEAST_LOOKED_AT = 100;

/**
 * Reads a reply of a model to a recipe. Never throws: whatever a model does, from code fences to refusals, ends as an
 * outcome with a reason, and every item of it as kept, dropped or relabeled.
 */
export function readReply(reply: Reply, recipe: ModelRecipe, subject: PromptInput, count: number): Reading {
  const said = spoken(reply.text);
  const text = said.text.toWellFormed();
  const nothing = (kind: OutcomeKind, reason: string): Reading => ({ kind, reason, items: [] });
  if (reply.finishReason === "refusal") return nothing("refused", brief(text));
  if (reply.finishReason === "content_filter") return nothing("filtered", "the server's content filter stopped it");
  const atLimit = reply.finishReason === "length" || reply.finishReason === "broken" || said.thinking;
  if (text === "") {
    if (atLimit) return nothing("truncated", "cut off before the answer began");
    return nothing("empty", said.thought ? "thoughts and no answer" : "no text");
  }

  const json = jsonEntries(said, recipe);
  if (!json && isRefusal(text, { alone: true })) return nothing("refused", brief(text));
  const found = json ?? plainEntries(text, recipe, atLimit);
  if (!found) {
    return atLimit
      ? nothing("truncated", "cut off before the answer began")
      : nothing("empty", `thoughts and no answer: ${brief(text)}`);
  }
  const items = judged(found, recipe, subject, count);
  const kept = items.filter((item) => usable(item, recipe)).length;
  const reflection = found.whole && recipe.reflection?.(found.whole)?.toWellFormed();
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

function judged(found: Entries, recipe: ModelRecipe, subject: PromptInput, count: number): JudgedItem[] {
  const items: JudgedItem[] = [];
  const before: Fingerprint[] = [];
  const query = fingerprint(subject.query);
  const positive = fingerprint(subject.positive.text);
  const most = Math.max(LEAST_LOOKED_AT, LOOKED_AT * count);
  let kept = 0;
  for (const [index, entry] of found.entries.entries()) {
    const raw = recipe.item(entry, index, subject);
    const cut = found.cut && index === found.entries.length - 1;
    const item = raw ? clean(raw) : { title: "", text: "" };
    const surplus = `surplus: ${count} were asked for`;
    const complain = (): string | undefined => {
      if (cut) return "truncated: cut off";
      if (!raw) return "malformed: no text";
      if (recipe.writes === "judgments") return undefined;
      if (index >= most) return surplus;
      const damaged = damage(raw, subject.positive.text);
      if (damaged !== undefined) return damaged;
      const seen = fingerprint(item.text);
      const found = complaint(guards(recipe), { item: seen, query, positive, before, plain });
      before.push(seen);
      return found ?? (kept >= count ? surplus : undefined);
    };
    const plain = found.plain;
    const reason = complain();
    if (reason !== undefined) items.push({ ...item, verdict: "dropped", reason });
    else items.push({ ...item, verdict: item.verdict ?? "kept" });
    if (usable(items.at(-1)!, recipe)) kept++;
  }
  return items;
}

function guards({ writes }: ModelRecipe): Readonly<Record<string, Guard>> {
  return writes === "negatives" ? PASSAGE_GUARDS : writes === "queries" ? QUERY_GUARDS : {};
}

/** A verdict is of use whatever it says; a passage only when no guard dropped it. */
function usable(item: JudgedItem, recipe: ModelRecipe): boolean {
  return recipe.writes === "judgments" ? item.text !== "" : item.verdict !== "dropped";
}

/** Entries of a reply without JSON; undefined if it thinks and says nothing. */
function plainEntries(text: string, recipe: ModelRecipe, atLimit: boolean): Entries | undefined {
  if (recipe.writes === "judgments") {
    const lines = [...text.matchAll(/^[^\w\n]*(\d+)[^\w\n]+(keep|drop|relabel)\w*[^\w\n]*(.*)$/gim)];
    // What is said last of a candidate is the verdict; what was said before was thought.
    const last = new Map(lines.map(([, number, verdict, reason]) => [Number(number), { verdict, reason }]));
    return { entries: [...last].map(([number, said]) => ({ number, ...said })), cut: false };
  }
  // Braces without a list are a JSON that went wrong, not prose.
  if (/^(?:```\w*\s*)?[{[]/.test(text)) return { entries: [], cut: atLimit };
  const answer = behindThoughts(text);
  if (answer === undefined) return undefined;
  const entries = plainItems(answer).map((item) => ({ ...item }));
  return { entries, cut: atLimit && entries.length > 0, plain: true };
}

function brief(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return line.length <= 80 ? line : `${line.slice(0, 79)}…`;
}
