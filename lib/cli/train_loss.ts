import { ArgumentError } from "../core/errors.ts";
import { type Loss, type LossConfig, lossOf } from "../training/mod.ts";
import type { TrainFlags } from "./train_flags.ts";

/**
 * The loss that the flags ask for.
 *
 * @throws {ArgumentError} for a setting that the loss does not have.
 */
export function trainLoss(flags: TrainFlags): Loss {
  const { temperature, margin, dimensions, guide, teacher, "mask-margin": maskMargin } = flags;
  const short = Object.entries({ temperature, margin }).filter(([, value]) => value !== undefined);
  const given = Object.fromEntries([...flags["loss-option"].map(lossOption), ...short]);
  const wrap: LossConfig[] = [];
  if (maskMargin !== undefined) wrap.push({ name: "masked", margin: maskMargin });
  if (guide !== undefined) wrap.push({ name: "gist" });
  if (dimensions !== undefined) wrap.push({ name: "matryoshka", dimensions: dimensions.split(",").map(Number) });
  const loss = lossOf({ name: flags.loss, ...given }, wrap);
  if (teacher !== undefined && !loss.needs.teacher) {
    throw new ArgumentError(`Cannot use --teacher with --loss ${flags.loss}, which needs none`);
  }
  return loss;
}

/** `beta=0.5` as name and value: JSON, or else text. */
function lossOption(text: string): [name: string, value: unknown] {
  const [, name, value] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
  if (name === undefined) throw new ArgumentError(`--loss-option must be name=value, found "${text}"`);
  try {
    return [name, JSON.parse(value)];
  } catch {
    return [name, value];
  }
}
