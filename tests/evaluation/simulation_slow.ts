import assert from "node:assert/strict";
import { coverage, share, simulate, type World, WORLDS } from "./simulation.ts";

const RUNS = 3000;
const MORE: Record<string, World> = {
  ...WORLDS,
  "as large as facets": { queries: 1083, seeds: 3, difference: 0, spread: 0.15, training: 0.004, noise: 0.1 },
  "two seeds": { queries: 80, seeds: 2, difference: 0, spread: 0.1, training: 0.02, noise: 0.1 },
  "five seeds, much noise": { queries: 80, seeds: 5, difference: 0, spread: 0.1, training: 0.03, noise: 0.1 },
};

for (const [name, world] of Object.entries(MORE)) {
  Deno.test(`${name}: coverage and level over many runs`, () => {
    // A share of 0.05 over 3,000 runs has a standard error of 0.004.
    const found = simulate(world, world.queries > 500 ? RUNS / 3 : RUNS, { margin: 0.05 });
    const covered = coverage(found, 0);
    const rejected = share(found, ({ p }) => p <= 0.05);
    console.log(`${name}: coverage ${covered.toFixed(3)}, level ${rejected.toFixed(3)}`);
    assert.ok(covered >= (world.shape ? 0.915 : 0.93), `coverage ${covered}`);
    // Strong skew breaks the exchangeability that the test rests on.
    assert.ok(rejected <= (world.shape === "skewed" ? 0.09 : 0.065), `level ${rejected}`);
    const shifted = simulate({ ...world, difference: 0.05 }, RUNS / 3, { margin: 0.05 });
    const claimed = share(shifted, ({ equivalence }) => equivalence!.equivalent);
    console.log(`${name}: equivalence at the margin ${claimed.toFixed(3)}`);
    assert.ok(claimed <= (world.shape === "skewed" ? 0.12 : 0.07), `equivalence ${claimed}`);
  });
}
