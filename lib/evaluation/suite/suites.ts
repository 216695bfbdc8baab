import * as z from "zod";
import { type OptionSchema, type Part, type Registry, registry } from "../../core/registry.ts";
import type { Suite, SuiteEntry } from "./suite.ts";

/**
 * A named suite: a part of the registry {@link SUITES}.
 *
 * @category Evaluation
 */
export type SuitePart = Part<string, OptionSchema, readonly [], Suite>;

const NANO = "hf:sentence-transformers/NanoBEIR-en";

const nanoBeir: SuitePart = {
  name: "nano-beir",
  about: "NanoBEIR: 13 data sets of BEIR cut to 50 queries and a few thousand documents each",
  options: z.strictObject({}),
  make: () => ({
    name: "nano-beir",
    collections: named(
      "ArguAna ClimateFEVER DBPedia FEVER FiQA2018 HotpotQA MSMARCO NFCorpus NQ QuoraRetrieval SCIDOCS SciFact Touche2020",
      (name) => ({ name: `Nano${name}`, collection: `${NANO}#Nano${name}`, split: "test" }),
    ),
  }),
};

const beir: SuitePart = {
  name: "beir",
  about: "the 14 public data sets of BEIR that are one collection each (CQADupStack is twelve); MS MARCO's dev queries",
  options: z.strictObject({}),
  make: () => ({
    name: "beir",
    collections: named(
      "arguana climate-fever dbpedia-entity fever fiqa hotpotqa msmarco nfcorpus nq quora scidocs scifact trec-covid " +
        "webis-touche2020",
      (name) => ({ name, collection: `beir/${name}`, split: name === "msmarco" ? "dev" : "test" }),
    ),
  }),
};

function named(names: string, entry: (name: string) => SuiteEntry): SuiteEntry[] {
  return names.split(" ").map(entry);
}

/**
 * Suites by name.
 *
 * @category Evaluation
 */
export const SUITES: Registry<SuitePart> = registry<SuitePart>("suite", [nanoBeir, beir]);
