import { type Collection, describe } from "../../collections/mod.ts";
import { hasRecordings } from "../../generators/mod.ts";
import { count } from "../../core/format_numbers.ts";

/**
 * A commented configuration to start from, for a collection of one's own: JSON with comments, which `loadConfig` reads.
 * Splits are chosen by name: `train`, else the largest; `test`, else the last; `dev`, else the test split.
 *
 * @param folder The collection as `loadCollection` takes it.
 *
 * @category Experiments
 *
 * @example
 * ```ts
 * import { loadCollection } from "@syneg/kit";
 * import { startConfig } from "../mod.ts";
 * console.log((await startConfig("facets", await loadCollection("facets"))).split("\n")[0]); // {
 * ```
 */
export async function startConfig(folder: string, collection: Collection): Promise<string> {
  const { splits } = describe(collection);
  const names = Object.keys(collection.qrels);
  const size = (name: string) => splits.find(({ split }) => split === name)?.queries ?? 0;
  const train = names.includes("train") ? "train" : names.toSorted((a, b) => size(b) - size(a))[0];
  const rest = names.filter((name) => name !== train);
  const test = rest.includes("test") ? "test" : rest.at(-1) ?? train;
  const dev = ["dev", "valid", "validation"].find((name) => rest.includes(name)) ?? test;
  const replies = await hasRecordings(collection);
  const found = names.map((name) => `${name} (${count(size(name))} queries)`).join(", ");
  const text = (value: string) => JSON.stringify(value);
  return `{
  // ${count(collection.corpus.length)} passages; splits: ${found}.
  "extends": "facets",
  "collection": ${text(folder)},
  "splits": { "train": ${text(train)}, "dev": ${text(dev)}, "test": ${text(test)} },${
    train === test ? "\n  // Only one split was found: training and testing on it is refused. Add another one." : ""
  }${dev === test && train !== test ? "\n  // No split for development: training is not evaluated on the way." : ""}
  // "built-in", a folder, or hf:owner/name. For a transformer: "train": { "learningRate": 2e-5, "epochs": 1 }.
  "encoder": "built-in",
  "seeds": 3,
  // Who is compared: null is the encoder as it is; a number is the negatives of a source per query.
  "arms": {
    "none": null,
    "random": { "random": 2 },
    "bm25": { "bm25": 2 },
    "dense": { "dense": 2 },
    "dense-margin": { "dense": 2, "filters": [{ "name": "relative-margin", "margin": 0.05 }] },
    ${
    replies
      ? ""
      : "// Written negatives need replies: deno task generate COLLECTION …, then name the ledger here.\n    // "
  }"hybrid": { "synthetic": 1, "dense": 1 }
  },
  ${replies ? `"replies": "recorded",` : `// "replies": "data/runs/ledger.sqlite",`}
  "mining": { "depth": 50, "from": 1, "margin": 0 },
  "train": { "epochs": 1, "batchSize": 32, "inBatch": true },
  // Differences within the margin count as equal.
  "statistics": { "margin": 0.01 }
}
`;
}
