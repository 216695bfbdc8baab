import { ArgumentError } from "../../core/errors.ts";
import type { Encoder } from "../../encoders/mod.ts";
import type { Arm, ArmNegatives, ExperimentConfig } from "../types.ts";
import { filterNeeds, filtersOf, lossOf, samplerOf } from "./parts.ts";
import { splitPart } from "./part_schema.ts";

/** Faults of one arm beyond its keys and their domains. */
export function* checkArm(config: ExperimentConfig, arm: Arm): Generator<string> {
  const at = `arms.${arm.name}`;
  if (arm.method !== "fine-tuned") {
    if (arm.negatives || arm.train) yield `${at}: method "${arm.method}" takes no negatives and no train`;
    return;
  }
  const train = { ...config.train, ...arm.train };
  const total = Object.values(arm.negatives?.mix ?? {}).reduce((sum, n) => sum + (n ?? 0), 0);
  if (total === 0 && !train.inBatch) yield `${at}: it has no negatives and train.inBatch is false`;
  if (arm.negatives) yield* checkNegatives(config, at, arm.negatives);
  if (arm.negatives?.refresh?.name === "adore" && train.documents !== "frozen") {
    yield `${at}: adore needs frozen documents: set train.documents to "frozen"`;
  }
  const parts: (() => unknown)[] = [
    () => lossOf(train),
    () => arm.negatives && total > 0 && samplerOf(arm.negatives, 0),
    // Filters only keep the encoder until they run.
    () => filtersOf(arm.negatives?.filters ?? [], filterNeeds(config, () => ({}) as Encoder)),
  ];
  for (const make of parts) {
    try {
      make();
    } catch (error) {
      if (!(error instanceof ArgumentError)) throw error;
      yield `${at}: ${error.message}`;
    }
  }
}

/** Checks that sources can provide what an arm asks of them. */
function* checkNegatives(
  { negatives = [] }: ExperimentConfig,
  at: string,
  { mix, sampler = "uniform", refresh }: ArmNegatives,
): Generator<string> {
  if (mix.imported && negatives.length === 0) {
    yield `${at}: it draws imported negatives, and "negatives" names no file of them`;
  }
  const { name, options } = splitPart(sampler);
  if (["ance", "adore"].includes(refresh?.name ?? "") && !mix.model) {
    yield `${at}: refresh mines the source model, which is not in its mix`;
  }
  if (refresh?.name === "conan" && name !== "top") {
    yield `${at}: conan replaces the first candidates by rank, so that its sampler must be top, found ${name}`;
  }
  for (const source of ["random", "bm25"] as const) {
    if (name === "simans" && options.a === undefined && mix[source]) {
      yield `${at}: simans needs cosines, and source ${source} has none`;
    }
  }
}
