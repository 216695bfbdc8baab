import assert from "node:assert/strict";
import { random } from "../../lib/core/mod.ts";
import { QUERIES, rowsById, tableOf } from "../../lib/tables/mod.ts";

Deno.test("rowsById is the map of ids to their first rows", () => {
  const stream = random(11);
  const pieces = ["", "a", "ab", "b", "é", "漢", "🙂", "0", "00", "x".repeat(300)];
  const ids = Array.from(
    { length: 5000 },
    () => pieces[stream.integer(10)] + pieces[stream.integer(10)] + stream.integer(900),
  );
  const table = tableOf(QUERIES, ids.map((id) => ({ id, text: "" }))).slice(17, 4900);
  const wanted = new Map<string, number>();
  ids.slice(17, 4900).forEach((id, row) => wanted.has(id) || wanted.set(id, row));
  const rows = rowsById(table);
  assert.equal(rows.size, wanted.size);
  assert.ok(rows.size < table.length);
  for (const [id, row] of wanted) assert.equal(rows.get(id), row);
  assert.deepEqual([...rows].sort(), [...wanted].sort());
  assert.deepEqual([...rows.keys()].sort(), [...wanted.keys()].sort());
  assert.deepEqual([...rows.values()].length, wanted.size);
  assert.equal(rowsById(table), rows, "one index is built for a table");
  assert.notEqual(rowsById(table.slice(0, 10)), rows);
  for (const unknown of ["", "nobody", "漢", "y".repeat(5000)]) assert.equal(rows.has(unknown), wanted.has(unknown));
});
