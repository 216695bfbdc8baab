import { type Registry, registry } from "../../core/registry.ts";
import { BIXSE } from "./bixse.ts";
import { CAUSAL_NEG } from "./causal_neg.ts";
import { DEBIASED } from "./debiased.ts";
import { DISTILLATION } from "./distillation.ts";
import { GIST } from "./gist.ts";
import { HARD_WEIGHTED } from "./hard_weighted.ts";
import { INFO_NCE } from "./info_nce.ts";
import { MARGIN_MSE } from "./margin_mse.ts";
import { MASKED } from "./masked.ts";
import { MATRYOSHKA } from "./matryoshka.ts";
import { TRIPLET } from "./triplet.ts";
import type { Loss, LossPart, LossWrapperPart } from "./types.ts";
import { WASSERSTEIN } from "./wasserstein.ts";

/**
 * All losses by name.
 *
 * @category Training
 */
export const LOSSES: Registry<LossPart> = registry("loss", [
  INFO_NCE,
  DEBIASED,
  HARD_WEIGHTED,
  TRIPLET,
  MARGIN_MSE,
  DISTILLATION,
  WASSERSTEIN,
  CAUSAL_NEG,
  BIXSE,
]);

/**
 * All losses that go around another one, by name.
 *
 * @category Training
 */
export const LOSS_WRAPPERS: Registry<LossWrapperPart> = registry("loss wrapper", [MASKED, GIST, MATRYOSHKA]);

/**
 * A loss or wrapper in a configuration: its name and its options.
 *
 * @category Training
 */
export interface LossConfig {
  /** Name in {@link LOSSES} or {@link LOSS_WRAPPERS}. */
  readonly name: string;
  /** Its options. */
  readonly [option: string]: unknown;
}

/**
 * Makes the loss of a configuration. Wrappers go around it in their order, the first one innermost.
 *
 * @throws {ArgumentError} for an unknown name or option, or a value outside its domain.
 *
 * @example
 * ```ts
 * import { lossOf } from "./mod.ts";
 * const loss = lossOf({ name: "infoNCE", temperature: 0.05 }, [{ name: "masked" }]);
 * console.log(loss.name); // masked(loss=infoNCE(temperature=0.05, hardness=0), margin=0.1)
 * ```
 *
 * @category Training
 */
export function lossOf({ name, ...options }: LossConfig, wrap: readonly LossConfig[] = []): Loss {
  return wrap.reduce(
    (loss, { name, ...options }) => LOSS_WRAPPERS.make(name, options, loss),
    LOSSES.make(name, options),
  );
}
