import * as z from "zod";
import { type OptionSchema, type Part, type Registry, registry } from "../../core/registry.ts";
import type { Format } from "./example.ts";
import { flagEmbedding } from "./flag_embedding.ts";
import { gpl } from "./gpl.ts";
import { tevatron } from "./tevatron.ts";
import { triplets } from "./triplets.ts";
import { tuples } from "./tuples.ts";

const PARTS = [triplets, tuples, flagEmbedding, tevatron, gpl] as const;

/**
 * Name of an exchange format.
 *
 * @category Negatives
 */
export type FormatName = (typeof PARTS)[number]["name"];

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
 * Training formats of other libraries for negatives. A new one is one file and one line.
 *
 * @category Negatives
 */
export const FORMATS: Registry<FormatPart> = registry<FormatPart>("exchange format", PARTS.map(part));
