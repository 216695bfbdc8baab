import { checkCollection, checkNegatives } from "../../collections/check_arguments.ts";
import { checkOptions, type OptionKinds } from "../../core/options.ts";
import { ArgumentError } from "../../core/errors.ts";
import { random } from "../../core/random.ts";
import type { NEGATIVES } from "../../tables/schema.ts";
import type { Table } from "../../tables/table.ts";
import type { Collection } from "../../collections/types.ts";
import { areaUnderCurve, logistic } from "./logistic.ts";
import { passagesOf } from "../../collections/passages.ts";
import { poolOf } from "../pool.ts";
import { type FeatureGroup, FEATURES, style } from "./style.ts";

/** Options of {@link shortcut}. */
export interface ShortcutOptions {
  /** Folds of the cross-validation. @default 5 */
  folds?: number;
  /** Decides the folds. @default 0 */
  seed?: number | string;
}

const SHORTCUT_OPTIONS: OptionKinds<ShortcutOptions> = { folds: "number", seed: "string|number" };

/** How well style alone tells one recipe's negatives from mined ones. */
export interface Shortcut {
  readonly recipe: string;
  /** Different written and mined passages compared. */
  readonly written: number;
  readonly mined: number;
  /** Cross-validated area under the ROC curve: 0.5 cannot tell, 1 always can. */
  readonly auc: number;
  /** Standard error of `auc` (Hanley and McNeil 1982). */
  readonly error: number;
  /** The same by one group of features alone. */
  readonly by: Readonly<Record<FeatureGroup, number>>;
}

/**
 * Source shortcut: can a simple classifier (logistic regression) tell written from mined negatives by style alone, that
 * is by length, punctuation and function words? If so, a model may learn "written by a machine = irrelevant" instead of
 * relevance (CausalNeg, arXiv 2606.01304). Reported per recipe, most telling first.
 *
 * Every passage counts once; all passages written for one query are in the same fold, so nothing is told by memory.
 *
 * @throws {ArgumentError} if there are no written or no mined negatives, or fewer than folds.
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
  if (!(Number.isInteger(folds) && folds >= 2)) throw new ArgumentError(`Cannot cross-validate with ${folds} folds`);
  const pool = poolOf(negatives);
  const passage = passagesOf(negatives, collection.corpus);
  const [ids, recipes] = [negatives.column("doc_id"), negatives.column("recipe")];
  const stream = random(seed).fork("shortcut");
  const foldOf = (group: string) => stream.fork(group).integer(folds);
  interface Sample {
    features: number[];
    fold: number;
  }
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
  if (written.size === 0) throw new ArgumentError("Cannot check for a source shortcut: no negative is written");
  return [...written].map(([recipe, own]) => {
    const samples = [...own, ...mined.values()];
    const labels = samples.map((_, i) => i < own.length ? 1 as const : 0 as const);
    for (let fold = 0; fold < folds; fold++) {
      for (const label of [0, 1] as const) {
        const left = samples.filter((sample, i) => labels[i] === label && sample.fold !== fold).length;
        if (left < 2) {
          throw new ArgumentError(
            `Cannot check ${recipe} for a source shortcut: ${own.length} written and ${mined.size} mined passages are ` +
              `too few for ${folds} folds`,
          );
        }
      }
    }
    const measure = (from: number, to: number) => {
      const scores = samples.map(() => 0);
      for (let fold = 0; fold < folds; fold++) {
        const training = samples.map((_, i) => i).filter((i) => samples[i].fold !== fold);
        const features = (i: number) => samples[i].features.slice(from, to);
        const classify = logistic(training.map(features), training.map((i) => labels[i]));
        samples.forEach((sample, i) => sample.fold === fold && (scores[i] = classify(features(i))));
      }
      return areaUnderCurve(scores, labels);
    };
    let at = 0;
    const groups = Object.entries(FEATURES).map(([group, names]) => [group, measure(at, at += names.length)] as const);
    const auc = measure(0, at);
    return {
      recipe,
      written: own.length,
      mined: mined.size,
      auc,
      error: standardError(auc, own.length, mined.size),
      by: Object.fromEntries(groups) as Record<FeatureGroup, number>,
    };
  }).sort((a, b) => b.auc - a.auc);
}

function standardError(auc: number, ones: number, zeros: number): number {
  const q1 = auc / (2 - auc);
  const q2 = 2 * auc * auc / (1 + auc);
  const variance = auc * (1 - auc) + (ones - 1) * (q1 - auc * auc) + (zeros - 1) * (q2 - auc * auc);
  return Math.sqrt(Math.max(0, variance) / (ones * zeros));
}
