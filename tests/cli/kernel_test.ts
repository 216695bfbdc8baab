import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { dataFolder, installKernel } from "../../lib/cli/kernel.ts";
import { Kernel } from "../../lib/cli/jupyter/kernel.ts";
import type { Output } from "../../lib/cli/jupyter/notebook.ts";

const NOTEBOOKS = resolve(import.meta.dirname!, "..", "..", "notebooks");

Deno.test("a kernel runs cells, keeps variables, and assigns late outputs to their cell", async () => {
  await using kernel = await Kernel.start(NOTEBOOKS);
  const first = await kernel.execute("const a: number = 1;\nconsole.log('one'); console.log('two'); a + 1");
  assert.deepEqual(first.outputs[0], { output_type: "stream", name: "stdout", text: "one\ntwo\n" });
  assert.match(String(first.outputs[1].data?.["text/plain"]), /2/);
  const late = await kernel.execute("setTimeout(() => console.log('late'), 60); console.error('warned'); a");
  assert.deepEqual(late.outputs.filter((output) => output.name).map(({ name, text }) => [name, text]), [
    ["stderr", "warned\n"],
    ["stdout", "late\n"],
  ]);
  const updated = await kernel.execute(
    `for (let i = 0; i < 3; i++) {
      await Deno.jupyter.display({ "text/plain": "frame " + i }, { raw: true, display_id: "d", update: i > 0 });
    }`,
  );
  assert.deepEqual(updated.outputs.map((output) => output.data), [{ "text/plain": "frame 2" }]);
  const long = await kernel.execute("console.log('x'.repeat(300_000))");
  assert.equal(long.outputs[0].text?.length, 300_001);
  const failed = await kernel.execute("throw new Error('on purpose')");
  assert.equal(failed.ok, false);
  assert.equal(failed.outputs[0].evalue, "on purpose");
  assert.equal((await kernel.execute("a + 1")).ok, true);
});

Deno.test("an endless cell and a dead kernel are errors", async () => {
  await using kernel = await Kernel.start(NOTEBOOKS);
  await assert.rejects(
    kernel.execute("await new Promise((r) => setTimeout(r, 3000))", { timeout: 300 }),
    /longer than/,
  );
  await assert.rejects(kernel.execute("Deno.exit(1)"), /The kernel ended/);
  assert.equal(kernel.alive, false);
});

/** Not on the package's face: loops of its own functions, which this loop stands for, use it. */
const CORE = new URL("../../lib/core/mod.ts", import.meta.url).href;

Deno.test("the stop button ends a loop, twice; kernel and variables survive", async () => {
  await using kernel = await Kernel.start(NOTEBOOKS);
  await kernel.execute(
    `import { checkCancelled, stopSignal, turns } from "${CORE}";\nlet count = 0;`,
  );
  for (const round of [1, 2]) {
    // The first loop waits for timers, the second only for its turns.
    const running = kernel.execute(`
      const signal${round} = stopSignal();
      const turn${round} = turns(signal${round}, "counting");
      console.log("begun");
      for (;;) {
        if (${round} === 1) checkCancelled(signal${round}, "counting");
        else await turn${round}();
        count++;
        if (${round} === 1) await new Promise((resolve) => setTimeout(resolve, 5));
      }`);
    await new Promise((resolve) => setTimeout(resolve, 400));
    kernel.interrupt();
    const { ok, outputs } = await running;
    assert.equal(ok, false);
    assert.match(outputs.at(-1)!.evalue!, /Cancelled counting/);
    assert.ok(kernel.alive);
    // Within a second a cell counts as queued behind the stopped one.
    await new Promise((resolve) => setTimeout(resolve, 1100));
  }
  const { outputs } = await kernel.execute("console.log(count)");
  assert.ok(Number(outputs[0].text) > 10);
});

Deno.test("live curves are one display with at most four frames a second and a settled last one", async () => {
  await using kernel = await Kernel.start(NOTEBOOKS);
  const frames: { at: number; svg: boolean }[] = [];
  let last: string | undefined;
  const onOutput = (outputs: readonly Output[]) => {
    const chart = outputs.find((output) => output.data?.["application/vnd.vegalite.v5+json"]);
    const state = JSON.stringify(chart?.data);
    if (state === last) return;
    last = state;
    frames.push({ at: performance.now(), svg: chart?.data?.["image/svg+xml"] !== undefined });
  };
  const { outputs, ok } = await kernel.execute(
    `import { plots } from "@syneg/kit";
    const curves = plots.liveCurves();
    for (let step = 1; step <= 300; step++) {
      await new Promise((resolve) => setTimeout(resolve, 8));
      curves.update({ type: "step", step, loss: 1 / step, lossBySource: {}, learningRate: 1, gradientNorm: 1 });
    }
    await curves.settle();
    console.log("settled");`,
    { onOutput },
  );
  assert.ok(ok, outputs.at(-1)?.evalue);
  assert.deepEqual(outputs.map((output) => output.output_type), ["display_data", "stream"]);
  assert.match(String(outputs[0].data?.["text/plain"]), /Training, 300 steps/);
  assert.deepEqual([frames.at(0)?.svg, frames.at(-1)?.svg], [false, true]);
  const seconds = (frames.at(-1)!.at - frames[0].at) / 1000;
  assert.ok(frames.length >= 3 && frames.length <= 4 * seconds + 2, `${frames.length} frames in ${seconds} s`);
});

Deno.test("the kernelspec has the path of this Deno and replaces only a Deno kernel", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = await installKernel(folder);
    assert.equal(path, join(folder, "kernels", "deno", "kernel.json"));
    const spec = JSON.parse(await Deno.readTextFile(path));
    assert.deepEqual(spec.argv, [Deno.execPath(), "jupyter", "--kernel", "--conn", "{connection_file}"]);
    await Deno.writeTextFile(path, JSON.stringify({ ...spec, argv: ["/gone/deno", ...spec.argv.slice(1)] }));
    await installKernel(folder);
    assert.deepEqual(JSON.parse(await Deno.readTextFile(path)), spec);
    await Deno.writeTextFile(path, '{"argv": ["python"]}');
    await assert.rejects(installKernel(folder), /a kernelspec "deno" of another program exists/);
    assert.equal(await Deno.readTextFile(path), '{"argv": ["python"]}');
    assert.ok(dataFolder().length > 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
