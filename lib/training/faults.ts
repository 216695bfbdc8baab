import { KitError } from "../core/errors.ts";
import type { Batch } from "./batches/batch.ts";
import type { Matrices } from "./matrices.ts";

/** @throws {KitError} if a batch has no negative left: all may be known positives under another id, or have weight 0. */
export function checkContrast({ queryIds, relations: { data }, weights }: Batch): void {
  if (data.some((relation, i) => relation < 0 && weights?.[i] !== 0)) return;
  if (data.some((relation) => relation < 0)) {
    throw new KitError(`Cannot train on queries ${queryIds.join(", ")}: all their negatives have weight 0`);
  }
  throw new KitError(
    `Cannot train on queries ${queryIds.join(", ")}: all their negatives have the text of a known positive, and ` +
      "in-batch negatives are off",
  );
}

/** @throws {KitError} if a negative lacks a score to distill. */
export function checkTeacher({ queryIds, relations: { data, candidates } }: Batch, { teacher }: Matrices): void {
  if (!teacher) return;
  for (let i = 0; i < teacher.length; i++) {
    if (data[i] !== 0 && !Number.isFinite(teacher[i])) {
      throw new KitError(
        `Cannot distill for query "${
          queryIds[Math.floor(i / candidates)]
        }": a negative lacks a score or positive_score`,
      );
    }
  }
}

/** A number that is not finite, with its step and queries. */
export interface NotFinite {
  readonly what: string;
  readonly value: number;
  readonly step: number;
  readonly queries: readonly string[];
  /** Path of the last good checkpoint. */
  readonly checkpoint?: string;
}

/** The error for a loss or gradient that is not finite, with the checkpoint to resume from. */
export function notFinite({ what, value, step, queries, checkpoint }: NotFinite): KitError {
  const kept = checkpoint ? `the last good checkpoint is ${checkpoint}` : "there is no checkpoint";
  return new KitError(`The ${what} is ${value} at step ${step}, queries ${queries.join(", ")}; ${kept}`);
}
