/**
 * Collections that are part of the kit.
 *
 * @category Collections
 */
export const BUILT_IN: readonly string[] = ["facets"];

/**
 * The data sets of BEIR that the hub has under `BeIR/`.
 *
 * @category Collections
 */
export const BEIR: readonly string[] = [
  "arguana climate-fever cqadupstack dbpedia-entity fever fiqa germanquad hotpotqa msmarco msmarco-v2 nfcorpus nq",
  "quora scidocs scifact trec-covid trec-news webis-touche2020",
].join(" ").split(" ").map((name) => `beir/${name}`);
