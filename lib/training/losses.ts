import { debiased } from "./losses/debiased.ts";
import { distillation } from "./losses/distillation.ts";
import { hardWeighted } from "./losses/hard_weighted.ts";
import { infoNCE } from "./losses/info_nce.ts";
import { marginMSE } from "./losses/margin_mse.ts";
import { triplet } from "./losses/triplet.ts";
import { wasserstein } from "./losses/wasserstein.ts";

/** Every loss by name; `masked`, `gist` and `matryoshka` go around any of them. */
export const losses = { infoNCE, debiased, hardWeighted, triplet, marginMSE, distillation, wasserstein } as const;
/** Name of a loss. */
export type LossName = keyof typeof losses;
