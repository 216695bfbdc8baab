import { count, counted } from "../core/format_numbers.ts";
import type { Encoder, TrainableEncoder } from "./types.ts";

/** What an encoder is, on one card: kind, size, length of texts, prompts, similarity. */
export function encoderCard(encoder: Encoder): string {
  const { name, kind, dimension, similarity = "cosine", unit = false } = encoder;
  const { parameters, maxLength, prompts } = encoder as Partial<TrainableEncoder>;
  const facts: [string, string][] = [["dimension", count(dimension)]];
  if (parameters) {
    const size = [...parameters.values()].reduce((sum, { data }) => sum + data.length, 0);
    facts.push(["parameters", `${count(size)} in ${counted(parameters.size, "tensor")}`]);
  }
  if (maxLength !== undefined) {
    facts.push(["text", maxLength === Infinity ? "any length" : `up to ${counted(maxLength, "token")}`]);
  }
  facts.push(["compared by", unit ? `${similarity}, vectors of length 1` : similarity]);
  if (prompts?.query) facts.push(["query prompt", JSON.stringify(prompts.query)]);
  if (prompts?.document) facts.push(["document prompt", JSON.stringify(prompts.document)]);
  const width = Math.max(...facts.map(([label]) => label.length));
  return [`${name}: ${kind} encoder`, ...facts.map(([label, fact]) => `  ${label.padEnd(width)}  ${fact}`)].join("\n");
}
