import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { Kernel } from "../../lib/cli/jupyter/kernel.ts";

const NOTEBOOKS = join(resolve(import.meta.dirname!, "..", ".."), "notebooks");

/** Endless work without a signal: a cell that ends was stopped. */
const WORK: Readonly<Record<string, string>> = {
  "mine bm25": 'await kit.mine(facets, { source: "bm25", depth: 50 })',
  "mine random": 'await kit.mine(facets, { source: "random", depth: 100 })',
  "mine dense": 'await kit.mine(facets, { source: "dense", encoder, depth: 50 })',
  "filter": "await kit.filterNegatives(mined, facets, [kit.filters.vectorGuard(encoder)])",
  "rescore": "await kit.rescore(mined, facets, encoder)",
  "similarities": "await kit.similarities(encoder, facets, mined)",
  "encode": 'await encoder.encode(facets.corpus.column("text"), { kind: "document" })',
  "evaluateEncoder": "await kit.evaluateEncoder(encoder, facets)",
  "bm25": "await (await kit.bm25(facets.corpus)).searchAll(facets.queries)",
  "generate": 'await kit.generate(facets, { recipe: "syneg", replay: true, quiet: true })',
  "loadCollection": 'await kit.loadCollection("facets")',
  "train": "for await (const _ of kit.train(encoder, { collection: facets, negatives: mined, steps: 1000 }));",
};

Deno.test("the stop button ends every long function, even without a signal", async () => {
  await using kernel = await Kernel.start(NOTEBOOKS);
  const prepared = await kernel.execute(`
    import * as kit from "@syneg/kit";
    const facets = await kit.loadCollection("facets");
    const encoder = await kit.loadEncoder("built-in");
    const mined = await kit.mine(facets, { source: "bm25", depth: 5 });`);
  assert.ok(prepared.ok, prepared.outputs.at(-1)?.evalue);
  for (const [name, work] of Object.entries(WORK)) {
    let begun = false;
    const running = kernel.execute(`console.log("begun"); for (;;) ${work}`, {
      timeout: 30_000,
      onOutput: (outputs) => begun ||= outputs.some(({ text }) => text?.startsWith("begun") ?? false),
    });
    while (!begun && kernel.alive) await new Promise((resolve) => setTimeout(resolve, 10));
    await new Promise((resolve) => setTimeout(resolve, 150));
    kernel.interrupt();
    const { outputs, ok } = await running.catch((error) => assert.fail(`${name}: ${error.message}`));
    assert.equal(ok, false, name);
    assert.equal(outputs.at(-1)?.ename, "CancelledError", `${name}: ${outputs.at(-1)?.evalue}`);
    assert.ok(kernel.alive, name);
    // Within a second a cell counts as queued behind the stopped one.
    await new Promise((resolve) => setTimeout(resolve, 1050));
  }
  const { outputs } = await kernel.execute("console.log(facets.corpus.length, mined.length > 0)");
  assert.match(outputs[0].text!, /^\d+ true/);
});
