import assert from "node:assert/strict";
import type { FileMetaData } from "hyparquet";
import { eachParquetRow } from "../../lib/files/parquet/read_parquet.ts";
import { uint32Of, widenUint32 } from "../../lib/files/parquet/unsigned.ts";
import { fileSource } from "../../lib/files/source.ts";

/**
 * By DuckDB 1.x: `copy (select 'd'||i _id, 'text' as text, (case when i%7=4 then null else 4294967295-i*400000
 * end)::uinteger high, (i*21000000)::uinteger across, [(4294967295-i)::uinteger] inside, (-i)::integer signed from
 * range(200) t(i)) to 'duckdb_v2_unsigned.parquet' (format parquet, parquet_version v2)`
 */
const FILE = new URL("../fixtures/data/duckdb_v2_unsigned.parquet", import.meta.url).pathname;

Deno.test("unsigned 32-bit integers in DuckDB's delta encoding keep their highest bit", async () => {
  const rows: Record<string, unknown>[] = [];
  await eachParquetRow(fileSource(FILE), (row) => rows.push({ ...row }));
  assert.equal(rows.length, 200);
  rows.forEach((row, i) => {
    assert.deepEqual(row, {
      _id: `d${i}`,
      text: "text",
      high: i % 7 === 4 ? null : 4294967295 - i * 400000,
      across: i * 21000000,
      inside: [4294967295 - i],
      signed: -i === 0 ? 0 : -i,
    });
  });
});

Deno.test("a decoded integer is reduced modulo 2^32", () => {
  assert.equal(uint32Of(-1), 4294967295);
  assert.equal(uint32Of(2147483648), 2147483648);
  assert.equal(uint32Of(-1n), 4294967295);
  assert.equal(uint32Of(4294967296n + 5n), 5);
});

Deno.test("a column of unsigned integers with deltas and another encoding is refused by name", () => {
  const metadata = (encodings: string[]) => ({
    schema: [{ name: "root", num_children: 1 }, { name: "n", type: "INT32", converted_type: "UINT_32" }],
    row_groups: [{ columns: [{ meta_data: { type: "INT32", encodings, path_in_schema: ["n"] } }] }],
  } as unknown as FileMetaData);
  assert.throws(
    () => widenUint32(metadata(["PLAIN", "DELTA_BINARY_PACKED"])),
    /column n mixes .* and PLAIN for uint32/,
  );
  const found = metadata(["RLE", "DELTA_BINARY_PACKED"]);
  widenUint32(found);
  assert.equal(found.row_groups[0].columns[0].meta_data!.type, "INT64");
  const plain = metadata(["PLAIN", "RLE_DICTIONARY"]);
  widenUint32(plain);
  assert.equal(plain.row_groups[0].columns[0].meta_data!.type, "INT32");
});
