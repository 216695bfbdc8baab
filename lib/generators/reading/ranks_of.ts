/** A text of numbers and what separates them: "[3] > [1] > [2]", "Passage 3, Passage 1". */
const NUMBERS_ONLY = /^(?:[^\p{L}\d]|\d|passages?|documents?|docs?|candidates?|numbers?|ranking|and)*$/iu;
/** A number with a short word before it: "Passage 3", "[3]", "3.". */
const ONE_NUMBER = /^\D{0,12}(\d{1,9})\D{0,3}$/;

/** Fields that hold a passage's number. */
const NAMES = ["number", "id", "passage", "candidate", "document", "index"];

/**
 * The rank of each number in a ranking, best first, as models write it: a list of numbers, of texts with a number, or of
 * objects with a number and perhaps a rank, or one text such as "[3] > [1] > [2]". The first place of a number counts.
 * Numbers above `most` are left out. Undefined if there is no ranking, or its numbers begin at 0.
 *
 * @example
 * ```ts
 * import { ranksOf } from "./ranks_of.ts";
 * console.log(ranksOf(["Passage 3", "Passage 1"], 3)?.get(1)); // 2
 * ```
 */
export function ranksOf(ranking: unknown, most: number): Map<number, number> | undefined {
  const said = (Array.isArray(ranking) ? ranking.flat() : [ranking]).flatMap(placesIn);
  if (said.length === 0 || said.some(({ number }) => number === 0)) return undefined;
  const ranked = said.every(({ rank }) => rank !== undefined);
  const ranks = new Map<number, number>();
  for (const { number, rank } of said) {
    if (number >= 1 && number <= most && !ranks.has(number)) ranks.set(number, ranked ? rank! : ranks.size + 1);
  }
  return ranks.size > 0 ? ranks : undefined;
}

/** A number, and its rank if one is stated. */
interface Place {
  readonly number: number;
  readonly rank?: number;
}

function placesIn(value: unknown): Place[] {
  if (value === null || typeof value !== "object") return numbersIn(value).map((number) => ({ number }));
  const entry = value as Readonly<Record<string, unknown>>;
  const found = NAMES.map((name) => numbersIn(entry[name])).find((numbers) => numbers.length === 1);
  return found ? [{ number: found[0], rank: numbersIn(entry.rank)[0] }] : [];
}

function numbersIn(value: unknown): number[] {
  if (typeof value === "number") return Number.isInteger(value) ? [value] : [];
  if (typeof value !== "string") return [];
  const one = ONE_NUMBER.exec(value)?.[1];
  if (one !== undefined) return [Number(one)];
  return NUMBERS_ONLY.test(value) ? (value.match(/\d+/g) ?? []).map(Number) : [];
}
