import { debiased } from "./debiased.ts";
import { distillation } from "./distillation.ts";
import { hardWeighted } from "./hard_weighted.ts";
import { infoNCE } from "./info_nce.ts";
import { marginMSE } from "./margin_mse.ts";
import { triplet } from "./triplet.ts";
import { wasserstein } from "./wasserstein.ts";

/**
 * Every loss by name; `masked`, `gist` and `matryoshka` go around any of them.
 *
 * @example
 * ```ts
 * import { losses, masked, matryoshka } from "@syneg/kit";
 * const loss = matryoshka(masked(losses.infoNCE({ temperature: 0.05 })), { dimensions: [64, 256] });
 * console.log(loss.name);
 * ```
 */
export const losses = { infoNCE, debiased, hardWeighted, triplet, marginMSE, distillation, wasserstein } as const;
/** Name of a loss. */
export type LossName = keyof typeof losses;
