import type { Format } from "./example.ts";
import { flagEmbedding } from "./flag_embedding.ts";
import { gpl } from "./gpl.ts";
import { tevatron } from "./tevatron.ts";
import { triplets } from "./triplets.ts";
import { tuples } from "./tuples.ts";

/** Every exchange format by name. */
export const formats = {
  "sentence-transformers-triplets": triplets,
  "sentence-transformers-tuples": tuples,
  "flagembedding": flagEmbedding,
  "tevatron": tevatron,
  "gpl": gpl,
} as const satisfies Record<string, Format>;

/** Name of an exchange format. */
export type FormatName = keyof typeof formats;
