/**
 * Scores by query: their mean, their groups, what changed.
 *
 * @module
 */
export { type BiggestChanges, biggestChanges, type BiggestChangesOptions, type Change } from "./biggest_changes.ts";
export { mean } from "./mean.ts";
export { type GroupScore, scoresBy, type ScoresByOptions } from "./scores_by.ts";
