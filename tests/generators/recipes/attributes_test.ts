import assert from "node:assert/strict";
import { collectionPools, drawAttributes } from "../../../lib/generators/recipes/attributes.ts";
import { modelRecipe } from "../../../lib/generators/recipes/registry.ts";
import type { PromptInput } from "../../../lib/generators/recipe.ts";

const syneg = modelRecipe("syneg");
const subject = (queryId: string, positiveId: string): PromptInput => ({
  queryId,
  query: "q",
  positiveId,
  positive: { title: "", text: "p" },
  pools: { expert: ["A", "B", "C"] },
});

Deno.test("attributes depend only on seed, query and positive", () => {
  const pairs = Array.from({ length: 300 }, (_, i) => subject(`q${i >> 1}`, `d${i}`));
  const forwards = pairs.map((pair) => drawAttributes(syneg, pair, { seed: 5 }));
  const backwards = [...pairs].reverse().map((pair) => drawAttributes(syneg, pair, { seed: 5 })).reverse();
  assert.deepEqual(backwards, forwards);
  assert.notDeepEqual(pairs.map((pair) => drawAttributes(syneg, pair, { seed: 6 })), forwards);
  for (const [slot, pool] of Object.entries({ ...syneg.pools, expert: ["A", "B", "C"] })) {
    const counts = pool.map((value) => forwards.filter((drawn) => drawn[slot] === value).length);
    // Five standard deviations of a fair draw.
    const expected = 300 / pool.length;
    for (const count of counts) assert.ok(Math.abs(count - expected) < 5 * Math.sqrt(expected), `${slot}: ${counts}`);
  }
});

Deno.test("ablations draw like the full recipe and differ only in the prompt", () => {
  const drawn = drawAttributes(modelRecipe("syneg-no-reflection"), subject("q", "d"), { seed: 1 });
  assert.deepEqual(drawn, drawAttributes(syneg, subject("q", "d"), { seed: 1 }));
  assert.deepEqual(drawAttributes(modelRecipe("syneg-plain"), subject("q", "d"), { seed: 1 }), {});
});

Deno.test("SciFact has its own pools under any of its names; a missing pool is refused with advice", () => {
  for (const name of ["scifact", "beir/scifact", "/x/scifact/", "hf:mteb/scifact@main"]) {
    assert.equal(collectionPools(name).expert.length, 9, name);
  }
  const bare = { ...subject("q", "d"), pools: undefined };
  assert.ok(
    collectionPools("scifact").expert.includes(
      drawAttributes(syneg, bare, { seed: 0, pools: collectionPools("scifact") }).expert,
    ),
  );
  assert.throws(
    () => drawAttributes(syneg, bare, { seed: 0 }),
    /pools: \{ expert: \["…"\] \}, .* --pool expert=…\).* syneg-no-attributes$/,
  );
});
