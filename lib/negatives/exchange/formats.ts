import * as z from "zod";
import { type OptionSchema, type Part, type Registry, registry } from "../../core/registry.ts";
import type { Format } from "./example.ts";
import { flagEmbedding } from "./flag_embedding.ts";
import { gpl } from "./gpl.ts";
import { tevatron } from "./tevatron.ts";
import { triplets } from "./triplets.ts";
import { tuples } from "./tuples.ts";

/**
 * Name of an exchange format.
 *
 * @category Negatives
 */
export type FormatName =
  | "sentence-transformers-triplets"
  | "sentence-transformers-tuples"
  | "flagembedding"
  | "tevatron"
  | "gpl";

/**
 * Entry of {@link FORMATS}.
 *
 * @category Negatives
 */
export type FormatPart = Part<FormatName, OptionSchema, readonly [], Format>;

function part(name: FormatName, format: Format): FormatPart {
  return { name, about: format.about, options: z.strictObject({}), make: () => format };
}

/**
 * Formats in which other libraries train on negatives. A new one is one file and one line.
 *
 * @category Negatives
 */
export const FORMATS: Registry<FormatPart> = registry<FormatPart>("exchange format", [
  part("sentence-transformers-triplets", triplets),
  part("sentence-transformers-tuples", tuples),
  part("flagembedding", flagEmbedding),
  part("tevatron", tevatron),
  part("gpl", gpl),
]);
