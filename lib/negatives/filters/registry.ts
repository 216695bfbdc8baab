import { type Registry, registry } from "../../core/registry.ts";
import { ABSOLUTE_MARGIN } from "./absolute_margin.ts";
import { CROSS_ENCODER } from "./cross_encoder.ts";
import { JUDGED } from "./judged.ts";
import type { FilterNeeds } from "./needs.ts";
import { NEAR_DUPLICATES } from "./near_duplicates.ts";
import { POSITIVE_GUARD } from "./positive_guard.ts";
import { RANK_WINDOW } from "./rank_window.ts";
import { RELATIVE_MARGIN } from "./relative_margin.ts";
import { SCORE_WINDOW } from "./score_window.ts";
import { VECTOR_GUARD } from "./vector_guard.ts";

const parts = [
  ...[POSITIVE_GUARD, NEAR_DUPLICATES, RANK_WINDOW, SCORE_WINDOW, ABSOLUTE_MARGIN, RELATIVE_MARGIN],
  ...[VECTOR_GUARD, CROSS_ENCODER, JUDGED],
] as const;

/** Entry of {@link FILTERS}. */
export type FilterPart = typeof parts[number];

/**
 * Rules that drop or relabel negatives. A new filter is one file and one line.
 *
 * @category Negatives
 */
export const FILTERS: Registry<FilterPart, [FilterNeeds]> = registry("filter", parts);
