import assert from "node:assert/strict";
import { basename } from "node:path";
import { readNotebook } from "../../lib/cli/jupyter/notebook.ts";
import { findNotebooks, notebooks } from "../../lib/cli/notebooks.ts";
import { runCommand } from "../../lib/cli/run_command.ts";

const NAMES = ["01_data", "02_generate", "03_negatives", "04_train", "05_compare", "06_your_data", "07_judge"];

Deno.test("seven notebooks with short cells, prose between them and committed outputs without errors", async () => {
  const paths = await findNotebooks([]);
  assert.deepEqual(paths.map((path) => basename(path, ".ipynb")), NAMES);
  for (const path of paths) {
    const { cells } = await readNotebook(path);
    assert.ok(cells.length <= 25, `${path}: ${cells.length} cells`);
    assert.equal(cells[0].cell_type, "markdown");
    const code = cells.filter((cell) => cell.cell_type === "code");
    for (const [i, cell] of code.entries()) {
      assert.equal(cell.execution_count, i + 1, `${path}: run from top to bottom`);
      assert.ok(cell.source.split("\n").length <= 25, `${path}: a cell of ${cell.source.split("\n").length} lines`);
      for (const output of cell.outputs ?? []) {
        assert.notEqual(output.output_type, "error");
        assert.notEqual(output.name, "stderr");
      }
    }
    assert.match(code.at(-1)!.source, /assert\./, `${path}: the last cell checks`);
  }
});

for (const name of NAMES) {
  Deno.test(`${name} runs in a Deno kernel with the committed outputs`, async () => {
    assert.equal(await runCommand(notebooks, [name, "--check"]), 0);
  });
}
