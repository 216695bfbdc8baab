import assert from "node:assert/strict";
import { join } from "node:path";
import { KitError, random } from "../../lib/core/mod.ts";
import {
  concatenate,
  CORPUS,
  digestTable,
  EMBEDDINGS,
  EVENTS,
  NEGATIVES,
  type NewRow,
  QRELS,
  type Row,
  RUN,
  type Schema,
  SCHEMAS,
  SCORES,
  selectRows,
  SIMILARITIES,
  type Table,
  TableBuilder,
  tableOf,
  withColumns,
} from "../../lib/tables/mod.ts";
import { readTable, writeTable } from "../../lib/files/mod.ts";

/** Rows for any schema, with nulls, empty text, characters of one to four bytes. */
function someRows(schema: Schema, count: number): Record<string, unknown>[] {
  const stream = random(3).fork(schema.name);
  const words = ["", "plain", "Ångström ü", "漢字かな", "🙂 smile", "x".repeat(300), "é".repeat(150)];
  const word = () => words[stream.integer(words.length)];
  return Array.from({ length: count }, () =>
    Object.fromEntries(
      Object.entries(schema.columns).map(([name, { kind, nullable, labels }]) => {
        if (nullable && stream.next() < 0.4) return [name, null];
        switch (kind) {
          case "utf8":
            return [name, word()];
          case "json":
            return [name, JSON.stringify({ word: word() })];
          case "label":
            return [name, labels ? labels[stream.integer(labels.length)] : word()];
          case "int32":
            return [name, stream.integer(1000) - 500];
          case "float32":
            return [name, Math.fround(stream.normal())];
          case "float64":
            return [name, stream.normal()];
          case "bool":
            return [name, stream.next() < 0.5];
          case "vector":
            return [name, Float32Array.from({ length: 3 }, () => stream.normal())];
          default:
            return kind satisfies never;
        }
      }),
    ));
}

for (const schema of Object.values(SCHEMAS) as Schema[]) {
  Deno.test(`${schema.name}: rows survive memory, slicing, selection, concatenation and the disk`, async () => {
    const rows = someRows(schema, 90);
    const table = tableOf(schema, rows as NewRow<Schema>[]);
    const same = (found: Table<Schema>, wanted: unknown[]) => {
      assert.equal(found.length, wanted.length);
      assert.deepEqual([...found.rows()], wanted);
      for (const name of Object.keys(schema.columns)) {
        const cells = wanted.map((row) => (row as Row<Schema>)[name]);
        assert.deepEqual([...found.column(name)], cells);
        assert.deepEqual(cells.map((_, i) => found.column(name).at(i)), cells);
      }
    };
    same(table, rows);
    const slice = table.slice(11, 70);
    same(slice, rows.slice(11, 70));
    same(slice.slice(13, 30), rows.slice(24, 41));
    same(selectRows(slice, [5, 0, 58, 5]), [rows[16], rows[11], rows[69], rows[16]]);
    same(concatenate([slice, table, table.slice(0, 0)]), [...rows.slice(11, 70), ...rows]);
    assert.equal(digestTable(slice), digestTable(tableOf(schema, rows.slice(11, 70) as NewRow<Schema>[])));
    assert.notEqual(digestTable(slice), digestTable(table));

    const folder = await Deno.makeTempDir();
    try {
      for (const compress of [false, true]) {
        const path = join(folder, `${compress}.arrow`);
        await writeTable(path, table, { compress });
        same(await readTable(path, schema), rows);
        assert.equal(digestTable(await readTable(path, schema)), digestTable(table));
        await writeTable(`${path}2`, slice);
        same(await readTable(`${path}2`, schema), rows.slice(11, 70));
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

Deno.test("numbers and vectors of slices and of several chunks equal those of the rows", () => {
  const rows = someRows(EMBEDDINGS, 20) as NewRow<typeof EMBEDDINGS>[];
  const table = tableOf(EMBEDDINGS, rows);
  const { data, width } = table.slice(4, 9).vectors("vector");
  assert.equal(width, 3);
  assert.deepEqual([...data], rows.slice(4, 9).flatMap((row) => [...row.vector]));
  const run = tableOf(RUN, someRows(RUN, 30) as NewRow<typeof RUN>[]);
  assert.deepEqual([...run.slice(3, 8).numbers("rank")], [...run.column("rank")].slice(3, 8));
  assert.throws(() => run.numbers("doc_id"), KitError);
  assert.throws(
    () => tableOf(NEGATIVES, [{ query_id: "q", source: "bm25", verdict: "kept" }]).numbers("rank"),
    KitError,
  );
});

Deno.test("a table of several chunks reads like one", () => {
  const long = "word ".repeat(4 << 20);
  const builder = new TableBuilder(CORPUS);
  for (let i = 0; i < 15; i++) builder.append({ id: `d${i}`, title: "", text: i % 2 ? `${i}` : `${i} ${long}` });
  const table = builder.finish();
  assert.ok(table.arrow.batches.length > 1);
  assert.deepEqual([...table.column("id")], Array.from({ length: 15 }, (_, i) => `d${i}`));
  assert.equal(table.column("text").at(13), "13");
  assert.equal(table.column("text").at(14).length, long.length + 3);
  const replaced = withColumns(table, { title: Array.from({ length: 15 }, (_, i) => `t${i}`) });
  assert.equal(replaced.row(13).title, "t13");
  assert.equal(replaced.row(13).text, "13");
});

Deno.test("withColumns replaces cells and shares the rest", () => {
  const rows = someRows(NEGATIVES, 40) as NewRow<typeof NEGATIVES>[];
  const table = tableOf(NEGATIVES, rows).slice(3, 33);
  const verdict = Array.from({ length: 30 }, (_, i) => i % 2 ? "dropped" as const : "relabeled" as const);
  const reason = verdict.map((v) => v === "dropped" ? "margin" : null);
  const changed = withColumns(table, { verdict, reason });
  assert.deepEqual(
    [...changed.rows()],
    rows.slice(3, 33).map((row, i) => ({ ...row, verdict: verdict[i], reason: reason[i] })),
  );
  assert.deepEqual([...table.rows()], rows.slice(3, 33));
  assert.throws(() => withColumns(table, { verdict: ["kept"] }), /must have 30 cells, found 1/);
  assert.throws(() => withColumns(table, { verdikt: verdict } as never), /did you mean "verdict"/);
  assert.throws(() => withColumns(table, { verdict: verdict.map(() => "gone") as never }), KitError);
});

Deno.test("a refused row leaves the builder unchanged", () => {
  const builder = new TableBuilder(NEGATIVES);
  builder.append({ query_id: "q1", source: "bm25", verdict: "kept", rank: 1 });
  for (
    const bad of [
      { query_id: "q2", source: "bm26", verdict: "kept" },
      { query_id: "q2", source: "bm25", verdict: "kept", rank: 1.5 },
      { query_id: "q2", source: "bm25", verdict: null },
      { query_id: "q2", text: "\ud83d", source: "bm25", verdict: "kept" },
      { source: "bm25", verdict: "kept" },
    ]
  ) assert.throws(() => builder.append(bad as never), KitError);
  builder.append({ query_id: "q3", doc_id: "d", source: "dense", verdict: "dropped" });
  const table = builder.finish();
  assert.deepEqual([...table.column("query_id")], ["q1", "q3"]);
  assert.deepEqual([...table.column("rank")], [1, null]);
  assert.deepEqual([...table.column("doc_id")], [null, "d"]);
  assert.deepEqual([...table.column("verdict")], ["kept", "dropped"]);
});

Deno.test("a table replaces a file only on request, and leaves nothing behind otherwise", async () => {
  const folder = await Deno.makeTempDir();
  const path = join(folder, "qrels.arrow");
  const table = tableOf(QRELS, [{ query_id: "q", doc_id: "d", grade: 1 }], { metadata: { seed: "7" } });
  await writeTable(path, table);
  const before = await Deno.readFile(path);
  await assert.rejects(writeTable(path, table), /a file of this name exists/);
  assert.deepEqual(await Deno.readFile(path), before);
  await writeTable(path, table.slice(0, 0), { overwrite: true });
  const empty = await readTable(path, QRELS);
  assert.equal(empty.length, 0);
  assert.equal(empty.metadata.get("seed"), "7");
  assert.deepEqual([...Deno.readDirSync(folder)].map((entry) => entry.name), ["qrels.arrow"]);
  await assert.rejects(readTable(path, SCORES), /column missing, found query_id, doc_id, grade .*field "measure"/);
  await assert.rejects(readTable(join(folder, "none.arrow"), SCORES), /there is no such file/);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a table displays its first rows and its length, never its internals", () => {
  const table = tableOf(EVENTS, someRows(EVENTS, 1200) as NewRow<typeof EVENTS>[]);
  const text = Deno.inspect(table);
  assert.match(text, /^EVENTS: 1,200 rows, the first 6\nstep {2}/);
  assert.ok(text.split("\n").length === 8);
  assert.match(Deno.inspect(tableOf(SIMILARITIES, [])), /^SIMILARITIES: 0 rows/);
});
