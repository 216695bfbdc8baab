import assert from "node:assert/strict";
import { coverage, share, simulate, type World, WORLDS } from "./simulation.ts";

for (const [name, world] of Object.entries(WORLDS)) {
  Deno.test(`${name}: intervals cover the truth and the test keeps its level`, () => {
    // 400 runs: a share of 0.95 has a standard error of 0.011. The slow test is stricter.
    const found = simulate(world, 400);
    const covered = coverage(found, 0);
    assert.ok(covered >= 0.905, `coverage ${covered}`);
    const rejected = share(found, ({ p }) => p <= 0.05);
    assert.ok(rejected <= (world.shape === "skewed" ? 0.12 : 0.085), `level ${rejected}`);
  });
}

Deno.test("with fixed seeds, training noise passes for a difference: why seeds are a sample by default", () => {
  const world = WORLDS["three seeds, much noise"];
  assert.ok(share(simulate(world, 300, { seeds: "fixed" }), ({ p }) => p <= 0.05) > 0.15);
});

Deno.test("the detectable difference is found with about the requested power", () => {
  const world = WORLDS["three seeds, little noise"];
  const pilot = simulate(world, 50);
  const difference = pilot.reduce((sum, { detectable }) => sum + detectable, 0) / pilot.length;
  const power = share(simulate({ ...world, difference }, 400), ({ p }) => p <= 0.05);
  assert.ok(power > 0.72 && power < 0.88, `power ${power}`);
});

Deno.test("equivalence is claimed in at most 5 % of the worlds with a difference equal to the margin", () => {
  const world: World = { ...WORLDS["three seeds, little noise"], difference: 0.05 };
  const claimed = share(simulate(world, 600, { margin: 0.05 }), ({ equivalence }) => equivalence!.equivalent);
  assert.ok(claimed <= 0.08, `claimed ${claimed}`);
  const near = share(simulate({ ...world, difference: 0 }, 200, { margin: 0.15 }), (c) => c.equivalence!.equivalent);
  assert.ok(near > 0.9, `power ${near}`);
});
