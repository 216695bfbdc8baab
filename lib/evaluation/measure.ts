import type * as z from "zod";
import { ArgumentError } from "../core/errors.ts";
import { suggestion } from "../core/nearest.ts";
import { checkOptions, type OptionKinds } from "../core/options.ts";
import { type JudgedRanking, type MeasurePart, MEASURES } from "./measures/mod.ts";

/**
 * A measure as a value: it prints as its name, and its name parses to it.
 *
 * @category Evaluation
 */
export interface Measure {
  /** Canonical name, such as "nDCG@10" or "P(rel=2)@5". */
  readonly name: string;
  /** Ranks that count; undefined if all do. */
  readonly cutoff: number | undefined;
  /** trec_eval's name, such as "ndcg_cut_10"; undefined if trec_eval has none. */
  readonly trec: string | undefined;
  /** The value for one query, in [0, 1]. */
  compute(ranking: JudgedRanking): number;
  /** The name. */
  toString(): string;
}

/**
 * Options of {@link measure}.
 *
 * @category Evaluation
 */
export interface MeasureOptions {
  /**
   * Lowest grade that is relevant, for names without `(rel=…)`.
   * @default {1}
   */
  level?: number;
}

const MEASURE_OPTIONS: OptionKinds<MeasureOptions> = { level: "number" };

/**
 * A measure by name: `nDCG`, `nDCG@10`, `MAP`, `MAP@100`, `MRR`, `MRR@10`, `P@5`, `Recall@100`, `Success@1`, with a
 * relevance level as in `MAP(rel=2)`. Also accepts trec_eval's names (`ndcg_cut_10`, `recip_rank`, `P_5` …).
 *
 * @throws {ArgumentError} if the name is unknown, suggesting the nearest ones.
 *
 * @example
 * ```ts
 * import { measure } from "@syneg/kit";
 * const value = measure("nDCG@3").compute({ grades: [0, 2, 1], judged: [2, 1, 1] });
 * console.log(value.toFixed(4)); // 0.5627
 * ```
 *
 * @category Evaluation
 */
export function measure(name: string, options: MeasureOptions = {}): Measure {
  checkOptions<MeasureOptions>("measure", options, MEASURE_OPTIONS);
  const { part, cutoff, level: stated } = parse(name.trim());
  const { level: leveled } = part.options.shape;
  const level = leveled ? stated ?? options.level ?? 1 : 1;
  if (!Number.isInteger(level) || level < 1) {
    throw new ArgumentError(`The relevance level of measure "${name}" must be an integer >= 1, found ${level}`);
  }
  if (stated !== undefined && !leveled) {
    throw new ArgumentError(`${part.name} uses the grades themselves and takes no (rel=${stated}), found "${name}"`);
  }
  const canonical = part.name + (level > 1 ? `(rel=${level})` : "") + (cutoff === undefined ? "" : `@${cutoff}`);
  const { plain, cut } = part.trec;
  return {
    name: canonical,
    cutoff,
    trec: cutoff === undefined ? plain : cut && `${cut}_${cutoff}`,
    compute: MEASURES.make(part.name, { ...cutoff && { cutoff }, ...leveled ? { level } : {} }),
    toString: () => canonical,
  };
}

interface ParsedName {
  part: MeasurePart;
  cutoff?: number;
  level?: number;
}

function parse(name: string): ParsedName {
  return parseTrecName(name) ?? parseName(name);
}

/** `map`, `map_cut_10`. */
function parseTrecName(name: string): ParsedName | undefined {
  for (const part of MEASURES.parts) {
    const { plain, cut } = part.trec;
    if (name === plain) return { part };
    if (cut && name.startsWith(`${cut}_`)) return { part, cutoff: parseCutoff(name, name.slice(cut.length + 1)) };
  }
  return undefined;
}

/** `MAP(rel=2)@10`, in upper or lower case. */
function parseName(name: string): ParsedName {
  const [, kind, level, cutoff] = /^([a-z]+)(?:\(rel=(\d+)\))?(?:@(.*))?$/i.exec(name) ?? [];
  const part = MEASURES.parts.find((known) => known.name.toLowerCase() === kind?.toLowerCase());
  if (!part) {
    const examples = MEASURES.parts.map((known) => needsCutoff(known) ? `${known.name}@10` : known.name);
    throw new ArgumentError(`Unknown measure "${name}": ${suggestion(name, [...examples, "nDCG@10", "MRR@10"])}`);
  }
  if (cutoff === undefined && needsCutoff(part)) {
    throw new ArgumentError(`Measure "${name}" needs a cutoff: write ${part.name}@10`);
  }
  return {
    part,
    cutoff: cutoff === undefined ? undefined : parseCutoff(name, cutoff),
    level: level === undefined ? undefined : Number(level),
  };
}

function needsCutoff({ options }: MeasurePart): boolean {
  return !(options.shape.cutoff as z.ZodType).safeParse(undefined).success;
}

function parseCutoff(name: string, text: string): number {
  const cutoff = Number(text);
  if (!/^\d+$/.test(text) || cutoff < 1) {
    throw new ArgumentError(`The cutoff of measure "${name}" must be an integer >= 1, found "${text}"`);
  }
  return cutoff;
}
