import * as z from "zod";
import type { OptionShape } from "../../core/parse_options.ts";
import { wrapLoss, wrapperPart } from "./loss_part.ts";
import { ignoreAbove } from "./masked.ts";
import type { Loss, LossWrapperPart } from "./types.ts";

/**
 * Options of {@link gist}.
 *
 * @category Training
 */
export interface GistOptions {
  /**
   * Ignores an in-batch negative that, by the guide, exceeds the query's lowest positive by more than this.
   *
   * @default {0}
   */
  margin?: number;
}

/** Part of {@link gist}. */
export const GIST: LossWrapperPart<"gist"> = wrapperPart({
  name: "gist",
  about: "ignores in-batch negatives that a guide encoder scores above the positive",
  options: z.strictObject({ margin: z.number().default(0) } satisfies OptionShape<GistOptions>),
  needs: { guide: true },
  build: (loss, inputs, { margin }) => loss.build(ignoreAbove(inputs, inputs.guide!, margin)),
});

/**
 * Like {@link masked}, but a guide encoder judges which in-batch negatives to ignore (GISTEmbed, arXiv 2402.16829).
 *
 * @throws {ArgumentError} if an option is outside its domain.
 *
 * @example
 * ```ts
 * import { gist, infoNCE } from "./mod.ts";
 * console.log(gist(infoNCE()).needs); // { guide: true }
 * ```
 *
 * @category Training
 */
export function gist(loss: Loss, options: GistOptions = {}): Loss {
  return wrapLoss(GIST, loss, options);
}
