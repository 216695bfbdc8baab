import { DENSE } from "./dense.ts";

/** Dense mining with the encoder in training (ANCE, arXiv 2007.00808), as an entry of the registry. */
export const MODEL = {
  ...DENSE,
  name: "model",
  about: "the nearest documents by the encoder in training",
} as const;
