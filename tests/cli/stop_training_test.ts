import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { Kernel } from "../../lib/cli/jupyter/kernel.ts";

const ROOT = resolve(import.meta.dirname!, "..", "..");

Deno.test("the stop button ends training; kernel, variables, curve and a checkpoint are there, and it goes on", async () => {
  const folder = await Deno.makeTempDir({ dir: join(ROOT, "tests") });
  try {
    await using kernel = await Kernel.start(join(ROOT, "notebooks"));
    const prepared = await kernel.execute(`
      import * as kit from "@syneg/kit";
      const stop = kit.stopButton();
      const facets = await kit.loadCollection("facets");
      const negatives = await kit.mine(facets, { source: "random", depth: 3, seed: 1 });
      const encoder = await kit.loadEncoder("built-in");
      const common = { collection: facets, negatives, batch: 16, checkpointEvery: 100_000, folder: ${
      JSON.stringify(folder)
    } };
      let seen = 0;
      let reason = "none";`);
    assert.ok(prepared.ok, prepared.outputs.at(-1)?.evalue);
    let begun = false;
    const running = kernel.execute(
      `
      const curves = kit.liveCurves();
      for await (const event of kit.train(encoder, { ...common, steps: 5000, epochs: 500, signal: stop.signal })) {
        curves.update(event);
        if (event.type === "step") seen = event.step;
        if (event.type === "step" && event.step === 2) console.log("begun");
        if (event.type === "done") reason = event.reason;
      }
      await curves.settle();`,
      { onOutput: (outputs) => begun ||= outputs.some((output) => output.text === "begun\n") },
    );
    while (!begun && kernel.alive) await new Promise((resolve) => setTimeout(resolve, 50));
    kernel.interrupt();
    const stopped = await running;
    assert.ok(stopped.ok, stopped.outputs.at(-1)?.evalue);
    const chart = stopped.outputs.find((output) => output.data)?.data;
    assert.ok(chart?.["application/vnd.vegalite.v5+json"] && chart["image/svg+xml"], "the last frame is settled");
    const { outputs } = await kernel.execute("console.log(reason, seen < 5000)");
    assert.equal(outputs[0].text, "cancelled true\n");
    assert.ok(
      [...Deno.readDirSync(folder)].some((entry) => /checkpoint|step/.test(entry.name)),
      "a checkpoint is there",
    );
    const more = await kernel.execute(`
      let first = 0;
      const again = await kit.loadEncoder("built-in");
      for await (const event of kit.train(again, { ...common, steps: 5000, epochs: 500, resume: true, signal: stop.signal })) {
        if (event.type !== "step") continue;
        first = event.step;
        break;
      }
      console.log(first > 1 && first === seen + 1);`);
    assert.equal(more.outputs.map((output) => output.text ?? output.evalue).join(""), "true\n");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
