import { ArgumentError } from "../core/errors.ts";
import { words } from "../core/words.ts";
import { overlaps, shingles } from "../negatives/text/mod.ts";

/**
 * What {@link leakage} compares.
 *
 * @category Pipeline
 */
export interface LeakageInput {
  /** Passages and queries that only the test may hold. */
  readonly held: { readonly passages: ReadonlyMap<string, string>; readonly queries: ReadonlyMap<string, string> };
  /** Everything that training reads: queries, positives, negatives; and the prompts that wrote them. */
  readonly used: { readonly training: Iterable<string>; readonly prompts: Iterable<string> };
}

/**
 * What of the test is known from training.
 *
 * @category Pipeline
 */
export interface Leakage {
  /** Ids of test passages that occur, whole or as near-duplicates, in training data. */
  readonly passagesInTraining: readonly string[];
  /** Ids of test passages that occur whole in a prompt. */
  readonly passagesInPrompts: readonly string[];
  /** Ids of test queries that occur, in the same words, in training data. */
  readonly queriesInTraining: readonly string[];
  /** Ids of test queries that occur whole in a prompt. */
  readonly queriesInPrompts: readonly string[];
}

/** Overlap of shingles from which a text counts as the same passage. */
const SAME = 0.8;
/** Words that a query needs for its occurrence in a long text to say something. */
const LONG = 4;

/**
 * Looks for passages and queries of the test in the training data and in the prompts that wrote it. Texts are compared by
 * their words, whatever their case and punctuation.
 *
 * @example
 * ```ts
 * import { leakage } from "@syneg/kit/pipeline";
 * const held = { passages: new Map([["p1", "Bees dance."]]), queries: new Map([["q1", "why do bees dance"]]) };
 * const found = leakage({ held, used: { training: ["Why do bees dance?"], prompts: [] } });
 * console.log(found.queriesInTraining); // ["q1"]
 * ```
 *
 * @category Pipeline
 */
export function leakage({ held, used }: LeakageInput): Leakage {
  if (!held?.passages || !used?.training) throw new ArgumentError("leakage needs { held, used }");
  const training = [...used.training];
  const prompts = [...used.prompts].map(plain);
  const known = new Set(training.map(plain));
  const sets = training.map((text) => shingles(text));
  const inTraining = (text: string) => {
    if (known.has(plain(text))) return true;
    const own = shingles(text);
    return own.length > 0 && sets.some((set) => overlaps(set, own, SAME));
  };
  const inPrompts = (text: string) => {
    const own = plain(text);
    return own.split(" ").length >= LONG && prompts.some((prompt) => prompt.includes(own));
  };
  const ids = (texts: ReadonlyMap<string, string>, test: (text: string) => boolean) =>
    [...texts].filter(([, text]) => test(text)).map(([id]) => id);
  return {
    passagesInTraining: ids(held.passages, inTraining),
    passagesInPrompts: ids(held.passages, inPrompts),
    queriesInTraining: ids(held.queries, (text) => known.has(plain(text))),
    queriesInPrompts: ids(held.queries, inPrompts),
  };
}

/** A text as its words, one space before and behind, so that an occurrence begins and ends with a word. */
function plain(text: string): string {
  return ` ${words(text).join(" ")} `;
}
