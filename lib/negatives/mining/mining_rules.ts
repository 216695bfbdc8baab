import type { Passage } from "../../collections/passage.ts";
import { POSITIVE_RULES, positiveReason } from "../filters/positive_guard.ts";
import { type ScoreRange, scoreReason } from "../filters/score_window.ts";
import { fingerprints } from "../text/fingerprint.ts";
import { absoluteReason, type Margin, relativeReason } from "../rules/margins.ts";

/** What decides on mined candidates; all of it is checked before. */
export interface RuleOptions {
  readonly range?: readonly [number, number];
  readonly scoreWindow?: ScoreRange;
  readonly margin: Margin;
  readonly duplicates: number | false;
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

/** The rules of a mining, in the order in which they apply. */
export interface MiningRules {
  readonly names: readonly string[];
  /**
   * Rules of one query, asked for its candidates from the first rank: why one is dropped, undefined if it is kept.
   *
   * @param known Documents known to answer the query.
   * @param own Documents that are the query itself.
   */
  of(known: readonly string[], own: readonly string[]): (candidate: Candidate) => string | undefined;
}

/** The {@link MiningRules} of these options. */
export function miningRules(options: RuleOptions): MiningRules {
  const { range, scoreWindow, margin, duplicates } = options;
  const ofDocument = fingerprints(options.document);
  const byScore = ({ score, positiveScore }: Candidate) => {
    if (score === undefined) return undefined;
    const outside = scoreWindow && scoreReason(score, scoreWindow);
    if (outside || positiveScore === undefined) return outside;
    return (margin.absolute === undefined ? undefined : absoluteReason(score, positiveScore, margin.absolute)) ??
      (margin.relative === undefined ? undefined : relativeReason(score, positiveScore, margin.relative));
  };
  return {
    names: [
      ...(options.ownDocuments ? ["own-document"] : []),
      ...(duplicates === false ? POSITIVE_RULES.slice(0, 2) : POSITIVE_RULES),
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
        const print = () => ofDocument(id);
        const reason = positiveReason({ id, print }, known, { threshold: duplicates, ofDocument }) ??
          (range && (rank < range[0] || rank > range[1])
            ? `rank-window: rank ${rank} outside ${range[0]} to ${range[1]}`
            : byScore(candidate));
        if (reason) return reason;
        const { keys } = print();
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
