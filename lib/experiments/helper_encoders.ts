import { type CrossEncoder, type Encoder, isCrossEncoder, loadCrossEncoder, loadEncoder } from "../encoders/mod.ts";
import { lossOf } from "./config/parts.ts";
import { encoderOf } from "./load_inputs.ts";
import type { Arm, ExperimentConfig } from "./types.ts";

/** Encoders beside the one that is trained. */
export interface HelperEncoders {
  readonly guide?: Encoder;
  readonly teacher?: Encoder | CrossEncoder;
  dispose(): Promise<void>;
}

/** Loads the guide and the teacher that an arm's loss needs. */
export async function helperEncoders(config: ExperimentConfig, arm: Arm): Promise<HelperEncoders> {
  const settings = { ...config.train, ...arm.train };
  const { needs } = lossOf(settings);
  const { threads } = config;
  const guide = !needs.guide
    ? undefined
    : settings.guide === undefined
    ? await encoderOf(config)
    : await loadEncoder(settings.guide, { threads });
  const teacher = needs.teacher && settings.teacher !== undefined && settings.teacher !== "scores"
    ? await isCrossEncoder(settings.teacher)
      ? await loadCrossEncoder(settings.teacher, { threads })
      : await loadEncoder(settings.teacher, { threads })
    : undefined;
  return {
    guide,
    teacher,
    async dispose() {
      await guide?.dispose();
      await teacher?.dispose();
    },
  };
}
