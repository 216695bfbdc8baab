import { type Collection, loadCollection, withoutDangling } from "../collections/mod.ts";

/** Loads a collection without the split's judgments of missing queries or documents, and reports how many there were. */
export async function loadJudged(name: string, split: string, signal: AbortSignal): Promise<Collection> {
  const { collection, dangling } = withoutDangling(await loadCollection(name, { signal }), split);
  if (dangling > 0) {
    const [judgments, refer] = dangling === 1 ? ["judgment", "refers"] : ["judgments", "refer"];
    console.error(
      `Left out ${dangling} ${judgments} of ${split}: ${
        dangling === 1 ? "it" : "they"
      } ${refer} to missing queries or documents; ` +
        "see: deno task data",
    );
  }
  return collection;
}
