import assert from "node:assert/strict";
import { showRows } from "../../lib/core/show_rows.ts";

Deno.test("data shows itself as a table, and is still nothing but its data", () => {
  const data = showRows([{ arm: "<b>", mean: 0.5 }], () => ({
    title: "means",
    head: ["arm", "n", "mean"],
    rows: [["<b>", 1234, "0.500"]],
  }));
  assert.equal(Deno.inspect(data), "means\narm      n  mean\n<b>  1,234  0.500");
  assert.deepEqual(data, [{ arm: "<b>", mean: 0.5 }]);
  assert.equal(JSON.stringify(data), '[{"arm":"<b>","mean":0.5}]');
  assert.deepEqual(Reflect.ownKeys({ ...data }), ["0"]);
  const shown = (data as unknown as Record<symbol, () => Record<string, string>>)[Symbol.for("Jupyter.display")]();
  assert.match(
    shown["text/html"],
    /<td style="text-align:left">&lt;b&gt;<\/td><td style="text-align:right">1,234<\/td>/,
  );
  assert.equal(shown["text/plain"], Deno.inspect(data));
});
