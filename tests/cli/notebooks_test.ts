import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { differences, EXACT, OTHER_PROCESSOR } from "../../lib/cli/jupyter/compare.ts";
import { type Notebook, type Output, readNotebook, writeNotebook } from "../../lib/cli/jupyter/notebook.ts";
import { runNotebook } from "../../lib/cli/jupyter/run_notebook.ts";
import { findNotebooks, typeErrors } from "../../lib/cli/notebooks.ts";

const SCRATCH = resolve(import.meta.dirname!, "..", ".output");

function notebookOf(...sources: string[]): Notebook {
  const cells = sources.map((source, i) => ({
    cell_type: "code" as const,
    id: `c${i}`,
    metadata: {},
    source,
    outputs: [],
  }));
  return { cells, metadata: {}, nbformat: 4, nbformat_minor: 5 };
}

async function scratch(run: (folder: string) => Promise<void>): Promise<void> {
  await Deno.mkdir(SCRATCH, { recursive: true });
  const folder = await Deno.makeTempDir({ dir: SCRATCH });
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a notebook runs, is written, and then matches the committed one", () =>
  scratch(async (folder) => {
    const path = join(folder, "tiny.ipynb");
    const notebook = notebookOf("const a = 20;", "console.log('a is', a)\nconsole.log('took 12.5 ms')", "a * 2");
    await writeNotebook(path, notebook);
    const first = await runNotebook(path, await readNotebook(path));
    assert.deepEqual(first.faults, []);
    assert.match(differences(notebook, first.notebook, EXACT)[0], /cell 2: 0 outputs before, 1 now/);
    await writeNotebook(path, first.notebook);
    const committed = await readNotebook(path);
    assert.deepEqual(committed.cells[1].outputs, first.notebook.cells[1].outputs);
    assert.deepEqual(committed.cells.map((cell) => cell.execution_count), [1, 2, 3]);
    const bytes = await Deno.readTextFile(path);
    await writeNotebook(path, committed);
    assert.equal(await Deno.readTextFile(path), bytes);
    const second = await runNotebook(path, committed);
    assert.deepEqual(differences(committed, second.notebook, EXACT), []);
  }));

Deno.test("an error ends a run, a warning is reported", () =>
  scratch(async (folder) => {
    const path = join(folder, "bad.ipynb");
    const notebook = notebookOf("console.warn('old')", "throw new TypeError('broken')", "console.log('never')");
    const run = await runNotebook(path, notebook);
    assert.deepEqual(run.faults, ["cell 1 warns: old", "cell 2 fails: TypeError: broken"]);
    assert.deepEqual(run.notebook.cells[2].outputs, []);
  }));

Deno.test("outputs are compared without timings, exactly or within a tolerance", () => {
  const text = (text: string): Output => ({ output_type: "stream", name: "stdout", text });
  const chart = (value: number, svg: string): Output => ({
    output_type: "display_data",
    data: { "application/vnd.vegalite.v5+json": { data: { value } }, "image/svg+xml": svg },
  });
  const cases: [Output[], Output[], exact: boolean, other: boolean][] = [
    [[text("mined in 1.2 s, 3,210 queries/s")], [text("mined in 985 ms, 999 queries/s")], true, true],
    [[text("3 min 20 s left")], [text("2 min 1 s left")], true, true],
    [[text("nDCG@10 0.7312")], [text("nDCG@10 0.7318")], false, true],
    [[text("nDCG@10 0.7312")], [text("nDCG@10 0.7812")], false, false],
    [[text("1,632 negatives")], [text("1,640 negatives")], false, true],
    [[text("1,632 negatives")], [text("1,732 negatives")], false, false],
    [[text("mean −0.030")], [text("mean +0.030")], false, false],
    [[text("kept 3 samples")], [text("kept 4 samples")], false, false],
    [[text("better")], [text("worse")], false, false],
    [[text("a")], [text("a"), text("b")], false, false],
    [[text("a")], [{ ...text("a"), name: "stderr" }], false, false],
    [[chart(0.5, "<svg 1>")], [chart(0.501, "<svg 2>")], false, true],
    [[chart(0.5, "<svg>")], [chart(0.6, "<svg>")], false, false],
  ];
  for (const [before, after, exact, other] of cases) {
    const [a, b] = [before, after].map((outputs) => {
      const notebook = notebookOf("");
      notebook.cells[0].outputs = outputs;
      return notebook;
    });
    assert.equal(differences(a, b, EXACT).length === 0, exact, JSON.stringify([before, after]));
    assert.equal(differences(a, b, OTHER_PROCESSOR).length === 0, other, JSON.stringify([before, after]));
  }
});

Deno.test("cells are type-checked, although the kernel would run them", () =>
  scratch(async (folder) => {
    const [good, bad] = ["good.ipynb", "bad.ipynb"].map((name) => join(folder, name));
    await writeNotebook(
      good,
      notebookOf('import { random } from "@syneg/kit";', "const x: number = random(1).next();\nx"),
    );
    await writeNotebook(bad, notebookOf("const x = 1;", "const y: string = x;"));
    assert.equal(await typeErrors([good]), undefined);
    assert.match(await typeErrors([good, bad]) ?? "", /not assignable to type 'string'/);
  }));

Deno.test("an unknown notebook is an error with a suggestion", async () => {
  await assert.rejects(findNotebooks(["03_negative"]), /Unknown notebook "03_negative": /);
});
