import * as z from "zod";
import type { Collection } from "../../collections/types.ts";
import { type OptionSchema, type Part, type Registry, registry } from "../../core/registry.ts";
import { conan } from "./conan.ts";
import { type Refresh, refresh, type RefreshOptions } from "./refresh.ts";

/**
 * What a refresh of a configuration needs beside its options.
 *
 * @category Negatives
 */
export interface RefreshNeeds {
  /** The collection that is trained on. */
  readonly collection: Collection;
  /** Split of the training queries. */
  readonly split: string;
  /** Negatives that a query trains with. */
  readonly count: number;
  /** How candidates are mined. */
  readonly mining: RefreshOptions;
}

/**
 * Entry of {@link REFRESHES}.
 *
 * @category Negatives
 */
export type RefreshPart = Part<string, OptionSchema, readonly [needs: RefreshNeeds], Refresh>;

/** {@link refresh} as an entry of the registry. */
const ANCE = {
  name: "ance",
  about: "mine with the encoder in training (ANCE, arXiv 2007.00808)",
  options: z.strictObject({ depth: z.int().min(1).optional() }),
  make: ({ depth }: { depth?: number }, { collection, split, mining }: RefreshNeeds): Refresh =>
    refresh(collection, { ...mining, split, ...(depth === undefined ? {} : { depth, range: [1, depth] }) }),
} as const;

/** {@link refresh} with frozen documents as an entry of the registry. */
const ADORE = {
  name: "adore",
  about: "mine with the queries' encoder in training, documents frozen (ADORE, arXiv 2104.08051)",
  options: z.strictObject({ depth: z.int().min(1).default(10) }),
  make: ({ depth }: { depth: number }, { collection, split, mining }: RefreshNeeds): Refresh =>
    refresh(collection, { ...mining, split, depth, range: [1, depth] }),
} as const;

/** {@link conan} as an entry of the registry. */
const CONAN = {
  name: "conan",
  about: "replace negatives that the encoder has learned (Conan-embedding, arXiv 2408.15710)",
  options: z.strictObject({ factor: z.number().default(1.15), limit: z.number().default(0.8) }),
  make: (options: { factor: number; limit: number }, { collection, split, count }: RefreshNeeds): Refresh =>
    conan(collection, { ...options, split, active: count }),
} as const;

/**
 * Ways to bring new negatives during training. A new one is one file and one line.
 *
 * @category Negatives
 */
export const REFRESHES: Registry<RefreshPart> = registry<RefreshPart>("refresh", [ANCE, ADORE, CONAN]);
