/**
 * Losses for `train`. They see scores and relations, never models. `masked`, `gist` and `matryoshka` go around any of
 * them.
 *
 * ```ts
 * import { losses } from "@syneg/kit";
 * const loss = losses.matryoshka(losses.masked(losses.infoNCE({ temperature: 0.05 })), { dimensions: [64, 256] });
 * console.log(loss.name);
 * ```
 *
 * @module
 */
export { infoNCE, type InfoNCEOptions } from "./info_nce.ts";
export { debiased, type DebiasedOptions } from "./debiased.ts";
export { hardWeighted, type HardWeightedOptions } from "./hard_weighted.ts";
export { triplet, type TripletOptions } from "./triplet.ts";
export { marginMSE, type MarginMSEOptions } from "./margin_mse.ts";
export { distillation, type DistillationOptions } from "./distillation.ts";
export { wasserstein, type WassersteinOptions } from "./wasserstein.ts";
export { causalNeg, type CausalNegOptions } from "./causal_neg.ts";
export { bixse, type BiXSEOptions } from "./bixse.ts";
export { masked, type MaskedOptions } from "./masked.ts";
export { gist, type GistOptions } from "./gist.ts";
export { matryoshka, type MatryoshkaOptions } from "./matryoshka.ts";
export { LOSS_WRAPPERS, type LossConfig, LOSSES, lossOf } from "./registry.ts";
export type { Loss, LossInputs, LossNeeds, LossPart, LossWrapperPart } from "./types.ts";
