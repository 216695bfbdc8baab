import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { Kernel } from "../../lib/cli/jupyter/kernel.ts";

const ROOT = resolve(import.meta.dirname!, "..", "..");

Deno.test("the stop button ends the cell and the queue; kernel, variables, curve and checkpoint stay, and training resumes", async () => {
  const folder = await Deno.makeTempDir({ dir: join(ROOT, "tests") });
  try {
    await using kernel = await Kernel.start(join(ROOT, "notebooks"));
    const prepared = await kernel.execute(`
      import * as kit from "@syneg/kit";
      const facets = await kit.loadCollection("facets");
      const negatives = await kit.mine(facets, { source: "random", depth: 3, seed: 1 });
      const encoder = await kit.loadEncoder("built-in");
      const common = { collection: facets, negatives, batchSize: 16, checkpointEvery: 100_000, folder: ${
      JSON.stringify(folder)
    } };
      let seen = 0;`);
    assert.ok(prepared.ok, prepared.outputs.at(-1)?.evalue);
    let begun = false;
    const running = kernel.execute(
      `
      const curves = kit.plots.liveCurves();
      async function* told(events) {
        for await (const event of events) {
          if (event.type === "step") seen = event.step;
          if (event.type === "step" && event.step === 2) console.log("begun");
          yield event;
        }
      }
      await curves.follow(told(kit.train(encoder, { ...common, steps: 5000, epochs: 500 })));`,
      { onOutput: (outputs) => begun ||= outputs.some((output) => output.text === "begun\n") },
    );
    // Run All Cells sends every cell at once, and Deno's kernel runs what is queued behind an error.
    const queued = [
      "const measuredNext = await kit.evaluateEncoder(encoder, facets);",
      "let plain = 1;",
      "kit.losses.infoNCE({});",
    ]
      .map(
        (code) => kernel.execute(code),
      );
    while (!begun && kernel.alive) await new Promise((resolve) => setTimeout(resolve, 50));
    kernel.interrupt();
    const stopped = await running;
    assert.equal(stopped.ok, false);
    assert.equal(stopped.outputs.at(-1)?.ename, "CancelledError");
    assert.match(stopped.outputs.at(-1)!.evalue!, /^Stopped training at step \d+ of 5000; resume from /);
    const [evaluated, , built] = await Promise.all(queued);
    for (const { outputs } of [evaluated, built]) assert.equal(outputs.at(-1)?.ename, "CancelledError");
    assert.match(evaluated.outputs.at(-1)!.evalue!, /^Not run: the cell before it was stopped/);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const chart = stopped.outputs.find((output) => output.data)?.data;
    assert.ok(chart?.["application/vnd.vegalite.v5+json"] && chart["image/svg+xml"], "the last frame is settled");
    assert.match(String(chart["text/plain"]), /^Training, stopped at step \d+ of 5000\n/);
    const { outputs } = await kernel.execute("console.log(seen < 5000, kit.losses.infoNCE({}).name.length > 0)");
    assert.equal(outputs[0].text, "true true\n");
    assert.ok(
      [...Deno.readDirSync(folder)].some((entry) => /checkpoint|step/.test(entry.name)),
      "a checkpoint is there",
    );
    const more = await kernel.execute(`
      let first = 0;
      const again = await kit.loadEncoder("built-in");
      for await (const event of kit.train(again, { ...common, steps: 5000, epochs: 500, resume: true })) {
        if (event.type !== "step") continue;
        first = event.step;
        break;
      }
      console.log(first > 1 && first === seen + 1);`);
    assert.equal(more.outputs.map((output) => output.text ?? output.evalue).join(""), "true\n");
    // A cell that catches the error continues with the partly trained encoder.
    let again = false;
    const caught = kernel.execute(
      `
      try {
        for await (const event of kit.train(await kit.loadEncoder("built-in"), { ...common, folder: undefined, epochs: 500 })) {
          if (event.type === "step" && event.step === 2) console.log("begun");
        }
      } catch (error) {
        if (!(error instanceof kit.CancelledError)) throw error;
        console.log(error.message);
      }
      const measured = await kit.evaluateEncoder(encoder, facets, { split: "dev" });
      console.log(measured.scores.length > 0);`,
      { onOutput: (outputs) => again ||= outputs.some((output) => output.text?.startsWith("begun\n") ?? false) },
    );
    while (!again && kernel.alive) await new Promise((resolve) => setTimeout(resolve, 50));
    kernel.interrupt();
    const lines = (await caught).outputs.map((output) => output.text ?? output.evalue).join("");
    assert.match(lines, /^begun\nStopped training at step \d+ of \d+\ntrue\n$/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
