import { checkOptions, type OptionKinds } from "../core/options.ts";
import { ArgumentError } from "../core/errors.ts";
import { suggestion } from "../core/nearest.ts";
import { type JudgedRanking, type MeasureKind, MEASURES } from "./measures.ts";

/** A measure as a value: it prints as its name, and its name parses to it. */
export interface Measure {
  /** Canonical name, such as "nDCG@10" or "P(rel=2)@5". */
  readonly name: string;
  /** Ranks that it reads; undefined if all. */
  readonly cutoff: number | undefined;
  /** trec_eval's name for it, such as "ndcg_cut_10"; undefined where trec_eval has none. */
  readonly trec: string | undefined;
  /** The value for one query, in [0, 1]. */
  compute(ranking: JudgedRanking): number;
  toString(): string;
}

/** Options of {@link measure}. */
export interface MeasureOptions {
  /** Least grade that counts as relevant where the name does not say it with `(rel=…)`. @default 1 */
  level?: number;
}

const MEASURE_OPTIONS: OptionKinds<MeasureOptions> = { level: "number" };

/**
 * A measure by name: `nDCG`, `nDCG@10`, `MAP`, `MAP@100`, `MRR`, `MRR@10`, `P@5`, `Recall@100`, `Success@1`, with a
 * relevance level as in `MAP(rel=2)`. trec_eval's names (`ndcg_cut_10`, `recip_rank`, `P_5` …) are understood too.
 *
 * @throws {ArgumentError} for a name that is none of these; it names the nearest ones.
 *
 * @example
 * ```ts
 * import { measure } from "@syneg/kit";
 * const value = measure("nDCG@3").compute({ grades: [0, 2, 1], judged: [2, 1, 1] });
 * console.log(value.toFixed(4)); // 0.5627
 * ```
 */
export function measure(name: string, options: MeasureOptions = {}): Measure {
  checkOptions<MeasureOptions>("measure", options, MEASURE_OPTIONS);
  const { kind, depth, level: own } = parse(name.trim());
  const definition: MeasureKind = MEASURES[kind];
  const level = definition.graded ? 1 : own ?? options.level ?? 1;
  if (!Number.isInteger(level) || level < 1) {
    throw new ArgumentError(`Cannot use relevance level ${level} of measure "${name}": it must be an integer from 1`);
  }
  if (own !== undefined && definition.graded) {
    throw new ArgumentError(`Cannot use "${name}": ${kind} uses the grades themselves and takes no (rel=${own})`);
  }
  const suffix = (level > 1 ? `(rel=${level})` : "") + (depth === undefined ? "" : `@${depth}`);
  const { plain, cut } = definition.trec;
  return {
    name: kind + suffix,
    cutoff: depth,
    trec: depth === undefined ? plain : cut && `${cut}_${depth}`,
    compute: (ranking) => definition.compute(ranking, depth ?? Infinity, level),
    toString: () => kind + suffix,
  };
}

type Kind = keyof typeof MEASURES;
const KINDS = Object.keys(MEASURES) as Kind[];

function parse(name: string): { kind: Kind; depth?: number; level?: number } {
  for (const kind of KINDS) {
    const { plain, cut }: MeasureKind["trec"] = MEASURES[kind].trec;
    if (name === plain) return { kind };
    if (cut && name.startsWith(`${cut}_`)) return { kind, depth: cutoff(name, name.slice(cut.length + 1)) };
  }
  const parts = /^([a-z]+)(?:\(rel=(\d+)\))?(?:@(.*))?$/i.exec(name);
  const kind = KINDS.find((known) => known.toLowerCase() === parts?.[1].toLowerCase());
  if (!parts || !kind) {
    const examples = KINDS.map((known) => MEASURES[known].cutoff === "required" ? `${known}@10` : known);
    throw new ArgumentError(`Unknown measure "${name}": ${suggestion(name, [...examples, "nDCG@10", "MRR@10"])}`);
  }
  const [, , level, depth] = parts;
  if (depth === undefined && MEASURES[kind].cutoff === "required") {
    throw new ArgumentError(`Cannot use measure "${name}" without a cutoff: write ${kind}@10`);
  }
  return {
    kind,
    depth: depth === undefined ? undefined : cutoff(name, depth),
    level: level === undefined ? undefined : Number(level),
  };
}

function cutoff(name: string, text: string): number {
  const depth = Number(text);
  if (!/^\d+$/.test(text) || depth < 1) {
    throw new ArgumentError(`Cannot use measure "${name}": found cutoff "${text}", wanted an integer from 1`);
  }
  return depth;
}
