import { ArgumentError } from "../core/errors.ts";
import { gist, type Loss, losses, type LossName, masked, matryoshka } from "../training/mod.ts";
import type { TrainFlags } from "./train_flags.ts";

/**
 * The loss that the flags ask for.
 *
 * @throws {ArgumentError} for a setting that the loss does not have.
 */
export function trainLoss(flags: TrainFlags): Loss {
  const { temperature, margin, dimensions, guide, teacher, "mask-margin": maskMargin } = flags;
  const given = Object.fromEntries(Object.entries({ temperature, margin }).filter(([, v]) => v !== undefined));
  let loss = (losses[flags.loss as LossName] as (settings: object) => Loss)(given);
  for (const key of Object.keys(given)) {
    if (!loss.name.includes(`${key}=`)) throw new ArgumentError(`Loss ${flags.loss} has no ${key}`, { field: key });
  }
  if (maskMargin !== undefined) loss = masked(loss, { margin: maskMargin });
  if (guide !== undefined) loss = gist(loss);
  if (dimensions !== undefined) loss = matryoshka(loss, { dimensions: dimensions.split(",").map(Number) });
  if (teacher !== undefined && !loss.needs.teacher) {
    throw new ArgumentError(`Cannot use --teacher with --loss ${flags.loss}, which needs none`);
  }
  return loss;
}
