import { checkCollection, checkNegatives } from "../../collections/check_arguments.ts";
import { checkOptions, type OptionKinds } from "../../core/options.ts";
import { ArgumentError } from "../../core/errors.ts";
import { random } from "../../core/random.ts";
import type { NEGATIVES } from "../../tables/schema.ts";
import type { Table } from "../../tables/table.ts";
import type { Collection } from "../../collections/types.ts";
import { areaUnderCurve } from "./area_under_curve.ts";
import { logistic } from "./logistic.ts";
import { passagesOf } from "../../collections/passages.ts";
import { poolOf } from "../pool.ts";
import { type FeatureGroup, FEATURES, style } from "./style.ts";

/**
 * Options of {@link shortcut}.
 *
 * @category Negatives
 */
export interface ShortcutOptions {
  /**
   * Folds of the cross-validation, at least 2.
   * @default {5}
   */
  folds?: number;
  /**
   * Seed that assigns passages to folds.
   * @default {0}
   */
  seed?: number | string;
}

const SHORTCUT_OPTIONS: OptionKinds<ShortcutOptions> = { folds: "number", seed: "string|number" };

/**
 * How well style alone distinguishes a recipe's negatives from mined ones.
 *
 * @category Negatives
 */
export interface Shortcut {
  /** Recipe, or source for rows without one. */
  readonly recipe: string;
  /** Different written passages compared. */
  readonly written: number;
  /** Different mined passages compared. */
  readonly mined: number;
  /** Cross-validated area under the ROC curve: 0.5 is chance, 1 is perfect. */
  readonly auc: number;
  /** Standard error of `auc` (Hanley and McNeil 1982). */
  readonly error: number;
  /** `auc` of each group of features on its own. */
  readonly by: Readonly<Record<FeatureGroup, number>>;
}

/** A passage as the classifier sees it. */
interface Sample {
  readonly features: number[];
  readonly fold: number;
}

/**
 * Source shortcut: can a simple classifier (logistic regression) distinguish written from mined negatives by style alone,
 * that is by length, punctuation and function words? If so, a model may learn "written by a machine = irrelevant" instead
 * of relevance (CausalNeg, arXiv 2606.01304). One entry per recipe, the easiest to distinguish first.
 *
 * Every passage counts once. All passages written for one query are in the same fold, so memorizing does not help.
 *
 * @throws {ArgumentError} if there are no written or no mined negatives, or too few for the folds.
 *
 * @example
 * ```ts
 * import { concatenate, generate, loadCollection, mine, shortcut } from "@syneg/kit";
 * const facets = await loadCollection("facets");
 * const mined = await mine(facets, { source: "bm25", depth: 2 });
 * const written = await generate(facets, { recipe: "syneg", replay: true, limit: 100, quiet: true });
 * console.log(shortcut(concatenate([mined, written]), facets)[0].auc.toFixed(2));
 * ```
 * @category Negatives
 */
export function shortcut(
  negatives: Table<typeof NEGATIVES>,
  collection: Collection,
  options: ShortcutOptions = {},
): Shortcut[] {
  checkNegatives("shortcut", negatives);
  checkCollection("shortcut", collection);
  checkOptions<ShortcutOptions>("shortcut", options, SHORTCUT_OPTIONS);
  const { folds = 5, seed = 0 } = options;
  if (!(Number.isInteger(folds) && folds >= 2)) {
    throw new ArgumentError(`folds must be an integer >= 2, found ${folds}`, { field: "folds" });
  }
  const { mined, written } = samplesOf(negatives, collection, { folds, seed });
  if (written.size === 0) throw new ArgumentError("Cannot check for a source shortcut: no negative is written");
  return [...written].map(([recipe, own]) => {
    const labels = [...own.map(() => 1 as const), ...mined.map(() => 0 as const)];
    const samples = [...own, ...mined];
    checkFolds(recipe, { samples, labels, folds });
    let at = 0;
    const groups = Object.entries(FEATURES).map(([group, names]) => {
      const range = [at, at += names.length] as const;
      return [group, crossValidated(samples, labels, { folds, range })] as const;
    });
    const auc = crossValidated(samples, labels, { folds, range: [0, at] });
    return {
      recipe,
      written: own.length,
      mined: mined.length,
      auc,
      error: standardError(auc, own.length, mined.length),
      by: Object.fromEntries(groups) as Record<FeatureGroup, number>,
    };
  }).sort((a, b) => b.auc - a.auc);
}

/** Mined passages, and written ones by recipe. */
function samplesOf(
  negatives: Table<typeof NEGATIVES>,
  collection: Collection,
  { folds, seed }: Required<ShortcutOptions>,
): { mined: Sample[]; written: Map<string, Sample[]> } {
  const pool = poolOf(negatives);
  const passage = passagesOf(negatives, collection.corpus);
  const [ids, recipes] = [negatives.column("doc_id"), negatives.column("recipe")];
  const stream = random(seed).fork("shortcut");
  const foldOf = (group: string) => stream.fork(group).integer(folds);
  const mined = new Map<string, Sample>();
  const written = new Map<string, Sample[]>();
  for (const row of [...pool.kept.values()].flat()) {
    const id = ids.at(row);
    if (id !== null) {
      if (!mined.has(id)) mined.set(id, { features: style(passage(row)), fold: foldOf(`document ${id}`) });
      continue;
    }
    const recipe = recipes.at(row) ?? pool.source(row);
    const samples = written.get(recipe) ?? [];
    written.set(recipe, samples);
    samples.push({ features: style(passage(row)), fold: foldOf(`query ${pool.query(row)}`) });
  }
  return { mined: [...mined.values()], written };
}

/** Samples with their class: 1 written, 0 mined. */
interface Labeled {
  readonly samples: readonly Sample[];
  readonly labels: readonly (0 | 1)[];
  readonly folds: number;
}

/** @throws {ArgumentError} if some fold leaves fewer than two samples of a class to train on. */
function checkFolds(recipe: string, { samples, labels, folds }: Labeled): void {
  for (let fold = 0; fold < folds; fold++) {
    for (const label of [0, 1] as const) {
      const left = samples.filter((sample, i) => labels[i] === label && sample.fold !== fold).length;
      if (left >= 2) continue;
      const written = labels.filter((label) => label === 1).length;
      throw new ArgumentError(
        `Cannot check ${recipe} for a source shortcut: ${written} written and ${
          labels.length - written
        } mined passages ` +
          `are too few for ${folds} folds`,
      );
    }
  }
}

/** Area under the ROC curve of scores that each fold gets from a classifier fitted on the others. */
function crossValidated(
  samples: readonly Sample[],
  labels: readonly (0 | 1)[],
  { folds, range }: { folds: number; range: readonly [number, number] },
): number {
  const scores = samples.map(() => 0);
  const features = (i: number) => samples[i].features.slice(...range);
  for (let fold = 0; fold < folds; fold++) {
    const training = samples.map((_, i) => i).filter((i) => samples[i].fold !== fold);
    const classify = logistic(training.map(features), training.map((i) => labels[i]));
    samples.forEach((sample, i) => sample.fold === fold && (scores[i] = classify(features(i))));
  }
  return areaUnderCurve(scores, labels);
}

function standardError(auc: number, ones: number, zeros: number): number {
  const q1 = auc / (2 - auc);
  const q2 = 2 * auc * auc / (1 + auc);
  const variance = auc * (1 - auc) + (ones - 1) * (q1 - auc * auc) + (zeros - 1) * (q2 - auc * auc);
  return Math.sqrt(Math.max(0, variance) / (ones * zeros));
}
