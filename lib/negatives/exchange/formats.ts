import * as z from "zod";
import { type OptionSchema, type Part, type Registry, registry } from "../../core/registry.ts";
import type { Format } from "./example.ts";
import { flagEmbedding } from "./flag_embedding.ts";
import { gpl } from "./gpl.ts";
import { tevatron } from "./tevatron.ts";
import { triplets } from "./triplets.ts";
import { tuples } from "./tuples.ts";

/**
 * Name of an exchange format. Spelled out, because the type of a public name may not be inferred.
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

function part(format: Format<FormatName>): FormatPart {
  return { name: format.name, about: format.about, options: z.strictObject({}), make: () => format };
}

/**
 * Training formats of other libraries for negatives. A new one is one file, one line here, and its name above.
 *
 * @category Negatives
 */
export const FORMATS: Registry<FormatPart> = registry<FormatPart>(
  "exchange format",
  [triplets, tuples, flagEmbedding, tevatron, gpl].map(part),
);
