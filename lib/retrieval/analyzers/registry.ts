import { type Registry, registry } from "../../core/registry.ts";
import type { AnalyzerPart } from "./analyzer.ts";
import { cjk } from "./cjk.ts";
import { code } from "./code.ts";
import { english } from "./english.ts";
import { icu } from "./icu.ts";
import { none } from "./none.ts";
import { snowball } from "./snowball.ts";
import { standard } from "./standard.ts";
import { subword } from "./subword.ts";

/**
 * The analyzers of BM25. A new one is one file and one line here.
 *
 * @category Retrieval
 */
export const ANALYZERS: Registry<AnalyzerPart> = registry<AnalyzerPart>("analyzer", [
  english,
  standard,
  ...snowball,
  icu,
  cjk,
  subword,
  code,
  none,
]);
