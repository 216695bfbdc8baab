import type { Draw, Sampler } from "../negatives/mod.ts";

/** A sampler that counts what its first epoch draws. */
export interface CountedSampler extends Sampler {
  /** Mean negatives of each source per instance. */
  readonly drawn: Record<string, number>;
  /** Queries with fewer negatives than requested, by source. */
  readonly short: Record<string, number>;
}

/** Counts what a sampler draws in its first epoch. */
export function countedSampler(sampler: Sampler): CountedSampler {
  const drawn: Record<string, number> = {};
  const short: Record<string, number> = {};
  let first = true;
  const count = ({ instances, shortfalls }: Draw, sourceOf: (row: number) => string) => {
    for (const { negatives } of instances) {
      for (const row of negatives) drawn[sourceOf(row)] = (drawn[sourceOf(row)] ?? 0) + 1 / instances.length;
    }
    for (const { source } of shortfalls) short[source] = (short[source] ?? 0) + 1;
  };
  return {
    ...sampler,
    drawn,
    short,
    draw(negatives, positives, epoch) {
      const draw = sampler.draw(negatives, positives, epoch);
      const sources = negatives.column("source");
      if (first) count(draw, (row) => sources.at(row));
      first = false;
      return draw;
    },
  };
}
