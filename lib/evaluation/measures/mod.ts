import { type Registry, registry } from "../../core/registry.ts";
import { MAP } from "./map.ts";
import type { MeasurePart } from "./measure_part.ts";
import { MRR } from "./mrr.ts";
import { nDCG } from "./ndcg.ts";
import { precision } from "./precision.ts";
import { recall } from "./recall.ts";
import { success } from "./success.ts";

export type { JudgedRanking, MeasurePart, QueryMeasure } from "./measure_part.ts";

/**
 * Every kind of measure, with trec_eval's definitions. A new measure is one file and one line here.
 *
 * @category Evaluation
 */
export const MEASURES: Registry<MeasurePart> = registry("measure", [nDCG, MAP, MRR, precision, recall, success]);
