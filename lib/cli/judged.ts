import { withoutDangling } from "../collections/dangling.ts";
import { loadCollection } from "../collections/load_collection.ts";
import type { Collection } from "../collections/types.ts";

/** Loads a collection to mine or write for; judgements of the split that point nowhere are left out, and counted. */
export async function loadJudged(name: string, split: string, signal: AbortSignal): Promise<Collection> {
  const { collection, dangling } = withoutDangling(await loadCollection(name, { signal }), split);
  if (dangling > 0) {
    const [judgements, point] = dangling === 1 ? ["judgement", "points"] : ["judgements", "point"];
    console.error(`${dangling} ${judgements} of ${split} ${point} nowhere, left out; see: deno task data`);
  }
  return collection;
}
