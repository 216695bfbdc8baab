import { type OptionSchema, type Part, type Registry, registry } from "../../core/registry.ts";
import { ABSOLUTE_MARGIN } from "./absolute_margin.ts";
import { CROSS_ENCODER } from "./cross_encoder.ts";
import { JUDGED } from "./judged.ts";
import type { FilterNeeds } from "./needs.ts";
import { NEAR_DUPLICATES } from "./near_duplicates.ts";
import { POSITIVE_GUARD } from "./positive_guard.ts";
import { RANK_WINDOW } from "./rank_window.ts";
import { RELATIVE_MARGIN } from "./relative_margin.ts";
import { SCORE_WINDOW } from "./score_window.ts";
import { SOFT_MARGIN } from "./soft_margin.ts";
import type { Filter } from "./types.ts";
import { REVIEWED } from "./verdicts.ts";
import { VECTOR_GUARD } from "./vector_guard.ts";

/**
 * Entry of {@link FILTERS}; it is made with what a configuration supplies.
 *
 * @category Negatives
 */
export type FilterPart = Part<string, OptionSchema, readonly [needs: FilterNeeds], Filter>;

/**
 * Rules that drop or relabel negatives. A new filter is one file and one line.
 *
 * @category Negatives
 */
export const FILTERS: Registry<FilterPart> = registry<FilterPart>("filter", [
  POSITIVE_GUARD,
  NEAR_DUPLICATES,
  RANK_WINDOW,
  SCORE_WINDOW,
  ABSOLUTE_MARGIN,
  RELATIVE_MARGIN,
  SOFT_MARGIN,
  VECTOR_GUARD,
  CROSS_ENCODER,
  JUDGED,
  REVIEWED,
]);
