import type { EncodedBatch, Parameter, TrainableEncoder } from "../encoders/types.ts";
import type { Feeds, Value } from "../graph/types.ts";
import type { StepResult } from "./step_types.ts";

/** Put before a parameter's name, the output of its gradient. */
export const PREFIX = "gradient:";

/** A batch's feeds with the parameters: whole ones uncopied, of sparse ones the rows that the batch reads. */
export function encoderFeeds(encoder: TrainableEncoder, { feeds, rows }: EncodedBatch): Feeds {
  const all: Feeds = { ...feeds };
  for (const { name, shape, data, sparse } of encoder.parameters.values()) {
    if (!sparse) {
      all[name] = { data, shape };
      continue;
    }
    const wanted = rows.get(name)!;
    const width = shape[1];
    const part = new Float32Array(wanted.length * width);
    for (let i = 0; i < wanted.length; i++) {
      part.set(data.subarray(wanted[i] * width, (wanted[i] + 1) * width), i * width);
    }
    all[name] = { data: part, shape: [wanted.length, width] };
  }
  return all;
}

/** Gradients by parameter. */
export function gradientsOf(result: Record<string, Value>, parameters: readonly Parameter[]): Map<string, Value> {
  return new Map(parameters.map(({ name }) => [name, result[PREFIX + name]]));
}

/** Loss, scores and their gradients. */
export function lossResult(result: Record<string, Value>): Pick<StepResult, "loss" | "scores" | "scoreGradients"> {
  return {
    loss: Number(result.loss.data[0]),
    scores: result.scores.data as Float32Array,
    scoreGradients: result.score_gradients.data as Float32Array,
  };
}
