import assert from "node:assert/strict";
import { join } from "node:path";
import { zstdDecompressSync } from "node:zlib";
import * as arrow from "apache-arrow";
import { loadCollection } from "../../lib/collections/mod.ts";
import { RUN, tableOf } from "../../lib/tables/mod.ts";
import { writeTable } from "../../lib/files/mod.ts";

/** Parquet and Arrow by pyarrow, polars, duckdb and datasets, with what these tools read in them: see make.py. */
const FOLDER = join(import.meta.dirname!, "..", "fixtures", "data", "tables");

type Fields = Record<string, unknown>;
const expected = JSON.parse(Deno.readTextFileSync(join(FOLDER, "expected.json"))) as {
  files: Record<string, number>;
  contents: Fields[][];
};

/** JSON whose numbers of more than 15 digits are kept, marked. */
function exactly(text: string): Fields {
  const keep = (_: string, value: unknown, context?: { source?: string }) => {
    const { source = "" } = context ?? {};
    if (typeof value !== "number") return value;
    const integer = /^-?\d+$/.test(source);
    if (integer) return Number.isSafeInteger(value) ? value : `#${source}`;
    return source.replace(/\D/g, "").length > 18 ? `#${source}` : value;
  };
  return JSON.parse(text, keep as never);
}

async function load(path: string) {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(join(folder, "queries.jsonl"), '{"_id": "q", "text": "t"}\n');
    return (await loadCollection({ corpus: path, queries: join(folder, "queries.jsonl") })).corpus;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

for (const [file, index] of Object.entries(expected.files)) {
  Deno.test(`${file} reads as in the tool that wrote it`, async () => {
    const wanted = expected.contents[index];
    const found = [...(await load(join(FOLDER, file))).rows()].map(({ id, title, text, metadata }) => {
      const fields: Fields = { _id: id, text, ...(metadata === null ? {} : exactly(metadata)) };
      if ("title" in wanted[0]) fields.title = title;
      return fields;
    });
    assert.deepEqual(found, wanted);
  });
}

const REFUSED: [file: string, message: RegExp][] = [
  ["refused_feather1.feather", /it is Feather 1; write it as Feather 2 \(pyarrow\.feather\.write_feather\)/],
  ["refused_empty.parquet", /Cannot read CORPUS: there are no rows/],
  ["refused_runs.arrow", /it has a column of the type RunEndEncoded; cast it first/],
];

for (const [file, message] of REFUSED) {
  Deno.test(`${file} is refused with the reason`, () => assert.rejects(load(join(FOLDER, file)), message));
}

const BOMBS = [
  "bomb_codec.parquet",
  "bomb_dictionary.parquet",
  "bomb_zstd.arrow",
  "bomb_dictionary.arrow",
];

for (const file of BOMBS) {
  // In a process of its own: those of `deno test --parallel` share their memory.
  Deno.test(`${file} is refused before it fills memory`, async () => {
    const queries = await Deno.makeTempFile({ suffix: ".jsonl" });
    await Deno.writeTextFile(queries, '{"_id": "q", "text": "t"}\n');
    const child = join(import.meta.dirname!, "open_bomb.ts");
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "--allow-read", "--allow-env", "--allow-sys", child, join(FOLDER, file), queries],
      stderr: "inherit",
    }).output();
    await Deno.remove(queries);
    const { message, bytes } = JSON.parse(new TextDecoder().decode(stdout)) as { message: string; bytes: number };
    assert.match(message, /to more than 100 times as much; raise unpack\.mostRatio if you/);
    assert.ok(bytes < 4e8, `${bytes} bytes`);
  });
}

Deno.test("compressed buffers state their uncompressed length, as pyarrow requires", async () => {
  const folder = await Deno.makeTempDir();
  const path = join(folder, "x.arrow");
  const rows = Array.from({ length: 50 }, (_, i) => ({ query_id: `q${i}`, doc_id: "d", rank: i, score: i / 3 }));
  await writeTable(path, tableOf(RUN, rows), { compress: true });
  const { ZSTD } = arrow.CompressionType;
  const before = arrow.compressionRegistry.get(ZSTD)!;
  let seen = 0;
  const decode = (packed: Uint8Array) => {
    const unpacked = new Uint8Array(zstdDecompressSync(packed));
    const stated = new DataView(packed.buffer, packed.byteOffset - 8, 8).getBigInt64(0, true);
    assert.equal(stated, BigInt(unpacked.length));
    seen++;
    return unpacked;
  };
  try {
    arrow.compressionRegistry.set(ZSTD, { decode });
    assert.equal(arrow.tableFromIPC(await Deno.readFile(path)).numRows, 50);
    assert.ok(seen > 2);
  } finally {
    arrow.compressionRegistry.set(ZSTD, before);
    await Deno.remove(folder, { recursive: true });
  }
});
