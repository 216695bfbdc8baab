import type { Passage } from "../../collections/passage.ts";
import { absoluteReason, type Margin, relativeReason } from "../rules/margins.ts";
import { POSITIVE_RULES, positiveReason } from "../rules/positive_rules.ts";
import { type ScoreRange, scoreReason } from "../rules/score_range.ts";
import { fingerprints } from "../text/fingerprint.ts";

/** Settings of {@link miningRules}. Everything is checked before. */
export interface MiningRuleOptions {
  readonly range?: readonly [number, number];
  readonly scoreWindow?: ScoreRange;
  readonly margin: Margin;
  readonly nearDuplicateThreshold: number | false;
  /** Passage of a document of the corpus. */
  readonly document: (id: string) => Passage;
  /** Whether some query is a document itself. */
  readonly ownDocuments: boolean;
}

/** A document that a miner found for a query. */
export interface Candidate {
  readonly id: string;
  readonly rank: number;
  readonly score?: number;
  readonly positiveScore?: number;
}

/** The rules of a mining run. */
export interface MiningRules {
  /** In the order in which they apply. */
  readonly names: readonly string[];
  /**
   * Rules of one query. Ask for its candidates from the first rank on.
   *
   * @param known Documents known to answer the query.
   * @param own Documents that are the query itself.
   * @returns why a candidate is dropped; undefined if it is kept.
   */
  of(known: readonly string[], own: readonly string[]): (candidate: Candidate) => string | undefined;
}

/** Combines the rules that these options ask for. */
export function miningRules(options: MiningRuleOptions): MiningRules {
  const { range, scoreWindow, margin, nearDuplicateThreshold: threshold } = options;
  const ofDocument = fingerprints(options.document);
  const byScore = scoreRules({ scoreWindow, margin });
  return {
    names: [
      ...(options.ownDocuments ? ["own-document"] : []),
      ...(threshold === false ? POSITIVE_RULES.slice(0, 2) : POSITIVE_RULES),
      ...(range ? ["rank-window"] : []),
      ...(scoreWindow ? ["score-window"] : []),
      ...(margin.absolute === undefined ? [] : ["absolute-margin"]),
      ...(margin.relative === undefined ? [] : ["relative-margin"]),
      "duplicate",
    ],
    of(known, own) {
      const kept = new Map<number, string>();
      return (candidate) => {
        const { id, rank } = candidate;
        if (own.includes(id)) return "own-document: the query itself";
        const fingerprint = () => ofDocument(id);
        const reason = positiveReason({ id, fingerprint }, known, { threshold, ofDocument }) ??
          (range && (rank < range[0] || rank > range[1])
            ? `rank-window: rank ${rank} outside ${range[0]} to ${range[1]}`
            : byScore(candidate));
        if (reason) return reason;
        const { keys } = fingerprint();
        for (const key of keys) {
          const earlier = kept.get(key);
          if (earlier !== undefined) return `duplicate: same text as ${earlier}`;
        }
        for (const key of keys) kept.set(key, id);
        return undefined;
      };
    },
  };
}

/** The rules that read scores; candidates without a score pass. */
function scoreRules({ scoreWindow, margin }: Pick<MiningRuleOptions, "scoreWindow" | "margin">) {
  return ({ score, positiveScore }: Candidate): string | undefined => {
    if (score === undefined) return undefined;
    const outside = scoreWindow && scoreReason(score, scoreWindow);
    if (outside || positiveScore === undefined) return outside;
    return (margin.absolute === undefined ? undefined : absoluteReason(score, positiveScore, margin.absolute)) ??
      (margin.relative === undefined ? undefined : relativeReason(score, positiveScore, margin.relative));
  };
}
