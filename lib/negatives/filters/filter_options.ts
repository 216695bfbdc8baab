import * as z from "zod";
import type { OptionShape } from "../../core/parse_options.ts";
import { type Source, SOURCES } from "../../tables/schema.ts";

/**
 * Options of every filter.
 *
 * @category Negatives
 */
export interface FilterOptions {
  /** Sources to work on; rows of others pass. Omit for all. */
  sources?: readonly Source[];
}

/** Schema of {@link FilterOptions}, to be spread into a filter's own. */
export const FILTER_SHAPE = { sources: z.array(z.enum(SOURCES)).optional() } satisfies OptionShape<FilterOptions>;
