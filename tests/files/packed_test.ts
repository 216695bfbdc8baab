import assert from "node:assert/strict";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { zipSync } from "fflate";
import { KitError, random } from "../../lib/core/mod.ts";
import { CORPUS } from "../../lib/tables/mod.ts";
import { loadCollection } from "../../lib/collections/mod.ts";
import { readJsonl, type UnpackLimits } from "../../lib/files/mod.ts";
import { fileSource, readAll } from "../../lib/files/source.ts";
import { unpackedSource } from "../../lib/files/packed/unpack.ts";

/** Packed by Python, zstd, lz4 and zip: see make.py beside them. */
const PACKED = join(import.meta.dirname!, "..", "fixtures", "data", "packed");
const bytes = (text: string) => new TextEncoder().encode(text);

/** What every packed corpus and archive holds. */
const ROWS = [
  { id: "d1", title: "Bread", text: "Yeast makes the dough rise in a warm kitchen.", metadata: null },
  { id: "d2", title: "Brücke", text: "A suspension bridge hangs from steel cables.", metadata: null },
  { id: "d3", title: "", text: "Tides follow the moon.", metadata: null },
];
const QUERIES = '{"_id": "q1", "text": "why does dough rise"}\n';

async function withFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A collection whose corpus is a copy of a file. */
async function folderWith(folder: string, name: string, content: Uint8Array): Promise<void> {
  await Deno.writeFile(join(folder, name), content);
  await Deno.writeTextFile(join(folder, "queries.jsonl"), QUERIES);
}

const READ = [
  "gzip.gz",
  "gzip_named.gz",
  "gzip_members.gz",
  "gzip_inside_line.gz",
  "gzip_empty_member.gz",
  "gzip_padded.gz",
  "gzip_bgzip.gz",
  "zstd.zst",
  "zstd_unchecked.zst",
  "zstd_frames.zst",
  "zstd_skippable.zst",
];

for (const file of READ) {
  Deno.test(`a corpus packed as ${file} is read, with and without its extension`, () =>
    withFolder(async (folder) => {
      const content = await Deno.readFile(join(PACKED, file));
      for (const name of [`corpus.jsonl.${file.split(".")[1]}`, "corpus.jsonl"]) {
        await folderWith(folder, name, content);
        const { corpus } = await loadCollection(folder);
        assert.deepEqual([...corpus.rows()], ROWS);
        await Deno.remove(join(folder, name));
      }
    }));
}

const REFUSED: [file: string, message: RegExp][] = [
  ["bzip2.bz2", /Cannot read a bzip2 file: unpack it first \(bunzip2 .*corpus\.jsonl\.bz2\)/],
  ["xz.xz", /Cannot read a xz file: unpack it first \(unxz /],
  ["lz4.lz4", /Cannot read a LZ4 file: unpack it first \(unlz4 /],
  ["7z.7z", /Cannot read a 7-Zip file: unpack it first \(7z x /],
  ["rar.rar", /Cannot read a RAR file: unpack it first \(unrar x /],
  ["tar.tar", /Cannot read a tar file: unpack it first \(tar -xf /],
  ["tar.tar.gz", /Cannot read a tar file inside a gzip file: unpack it first \(tar -xf .*corpus\.jsonl\.gz\)/],
  ["deflated.zip", /Cannot read a zip file: unpack it first \(unzip /],
  [
    "pointer.jsonl",
    /Cannot read a Git LFS pointer: the file itself was not fetched; run git lfs install and git lfs pull/,
  ],
];

for (const [file, message] of REFUSED) {
  Deno.test(`a corpus packed as ${file} is refused with advice`, () =>
    withFolder(async (folder) => {
      const content = await Deno.readFile(join(PACKED, file));
      const ending = file.split(".").at(-1);
      for (const name of ending === "jsonl" || ending === "zip" ? ["corpus.jsonl"] : [`corpus.jsonl.${ending}`]) {
        await folderWith(folder, name, content);
        await assert.rejects(loadCollection(folder), message);
      }
    }));
}

Deno.test("a Git LFS pointer in place of any file is named", () =>
  withFolder(async (folder) => {
    const pointer = await Deno.readFile(join(PACKED, "pointer.jsonl"));
    for (const name of ["corpus.parquet", "corpus.arrow", "corpus.feather", "corpus.jsonl.gz", "corpus.tsv"]) {
      await folderWith(folder, name, pointer);
      await assert.rejects(loadCollection(folder), /Cannot read a Git LFS pointer/, name);
      await Deno.remove(join(folder, name));
    }
    await Deno.writeFile(join(folder, "x.zip"), pointer);
    await assert.rejects(loadCollection(join(folder, "x.zip")), /Cannot read a Git LFS pointer/);
  }));

Deno.test("a file that does not match its extension, is truncated, damaged or has trailing data is an error", () =>
  withFolder(async (folder) => {
    const gzip = await Deno.readFile(join(PACKED, "gzip_members.gz"));
    const zstd = await Deno.readFile(join(PACKED, "zstd_frames.zst"));
    const flipped = (content: Uint8Array, at: number) =>
      content.map((byte, i) => i === content.length + at ? byte ^ 1 : byte);
    const joined = (...parts: Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]));
    const cases: [name: string, content: Uint8Array, message: RegExp][] = [
      ["corpus.jsonl.gz", bytes('{"_id": "d", "text": "t"}\n'), /its name ends in \.gz, but its content is not packed/],
      ["corpus.jsonl.zst", bytes('{"_id": "d", "text": "t"}\n'), /its name ends in \.zst, but its content is not/],
      ["corpus.jsonl.gz", new Uint8Array(0), /Cannot read an empty file/],
      ["corpus.jsonl.gz", gzip.slice(0, -3), /Cannot unpack gzip: it is cut off/],
      ["corpus.jsonl.gz", gzip.slice(0, -12), /Cannot unpack gzip: unexpected end of file/],
      ["corpus.jsonl.gz", flipped(gzip, -6), /Cannot unpack gzip: its checksum differs/],
      ["corpus.jsonl.gz", flipped(gzip, -2), /Cannot unpack gzip: its size differs/],
      ["corpus.jsonl.gz", joined(gzip, bytes("more")), /Cannot unpack gzip: something else follows the packed data/],
      ["corpus.jsonl.gz", joined(gzip, new Uint8Array(9), bytes("x")), /something else follows the packed data/],
      ["corpus.jsonl.zst", zstd.slice(0, -3), /Cannot unpack Zstandard: it is cut off/],
      ["corpus.jsonl.zst", flipped(zstd, -2), /Cannot unpack Zstandard: /],
      ["corpus.jsonl.zst", joined(zstd, bytes("more")), /Cannot unpack Zstandard: something else follows/],
    ];
    for (const [name, content, message] of cases) {
      await folderWith(folder, name, content);
      await assert.rejects(loadCollection(folder), (error: Error) => {
        assert.ok(error instanceof KitError);
        assert.match(error.message, message);
        assert.ok(error.message.includes(name));
        return true;
      });
      await Deno.remove(join(folder, name));
    }
  }));

Deno.test("members and frames are separated wherever the blocks of a file end", async () => {
  const lines = Array.from({ length: 40 }, (_, i) => bytes(`line ${i} `.repeat(1 + i * 97) + "\n"));
  const whole = lines.flatMap((line) => [...line]);
  for (const pack of [gzipSync, zstdCompressSync]) {
    const packed = Uint8Array.from(lines.flatMap((line) => [...pack(line)]));
    const stream = random(7).fork(pack.name);
    for (let round = 0; round < 30; round++) {
      const source = {
        name: "x",
        async *open() {
          for (let at = 0; at < packed.length;) {
            const next = at + 1 + stream.integer([2, 20, 500, 9000][round % 4]);
            yield packed.slice(at, at = next);
          }
        },
      };
      assert.deepEqual([...await readAll(unpackedSource(source))], whole);
    }
  }
});

Deno.test("a large packed file is read whole", () =>
  withFolder(async (folder) => {
    const text = Array.from({ length: 60_000 }, (_, i) =>
      `{"id":"d${i}","title":"","text":"words ${(i * 7919) % 4999}"}\n`);
    for (const [ending, pack] of [["gz", gzipSync], ["zst", zstdCompressSync]] as const) {
      const path = join(folder, `corpus.jsonl.${ending}`);
      await Deno.writeFile(path, pack(text.join("")));
      const { id, text: words } = (await readJsonl(path, CORPUS)).row(59_999);
      assert.deepEqual([id, words], ["d59999", `words ${(59_999 * 7919) % 4999}`]);
    }
  }));

const ARCHIVES: [file: string, message?: RegExp][] = [
  ["stored.zip"],
  ["deflated.zip"],
  ["dots.zip"],
  ["prefixed.zip"],
  ["trailing.zip"],
  ["backslash.zip"],
  ["mac.zip"],
  ["packed_inside.zip"],
  ["descriptors_zip64.zip"],
  ["bzip2.zip", /its entry plain\/corpus\.jsonl is packed by bzip2, expected deflate; unpack it and load the folder/],
  ["lzma.zip", /its entry plain\/corpus\.jsonl is packed by LZMA, expected deflate/],
  ["climbing.zip", /its entry "plain\/\.\.\/\.\.\/evil\.jsonl" leaves its folder/],
  ["backslash_climbing.zip", /evil\.jsonl" leaves its folder/],
  ["absolute.zip", /its entry "\/corpus\.jsonl" leaves its folder/],
  ["drive.zip", /its entry "C:.+corpus\.jsonl" leaves its folder/],
  ["twice.zip", /its entry plain\/corpus\.jsonl is there twice/],
  ["encrypted.zip", /its entry .* is encrypted; unpack it with its password first/],
  ["linked.zip", /its entry corpus-link\.jsonl is a link; pack the file itself/],
  [
    "tar.tar.gz",
    /found a gzip file, wanted a folder or a zip file; unpack it first \(tar -xf .*tar\.tar\.gz\) and load the/,
  ],
  ["xz.xz", /found a xz file, wanted a folder or a zip file; unpack it first \(unxz /],
];

for (const [file, message] of ARCHIVES) {
  Deno.test(`the archive ${file} is ${message ? "refused with the reason" : "read"}`, async () => {
    const path = join(PACKED, file);
    if (message) return await assert.rejects(loadCollection(path), message);
    const { corpus, queries, qrels } = await loadCollection(path);
    assert.deepEqual([...corpus.rows()], ROWS);
    assert.deepEqual([...queries.column("id")], ["q1"]);
    assert.deepEqual([...qrels.test.rows()], [{ query_id: "q1", doc_id: "d1", grade: 1 }]);
  });
}

/** A corpus that packs more than 100 to 1 and unpacks to 280 MB. */
const BOMB = bytes(`{"_id": "d1", "text": "${"a ".repeat(200_000)}"}\n`.repeat(700));

Deno.test("files that unpack to more than the limits are refused; an option raises the limits", () =>
  withFolder(async (folder) => {
    const ratio =
      /Cannot unpack [\d.]+ [kM]B to more than 100 times as much; raise unpack\.mostRatio if you trust the file/;
    const zip = join(folder, "bomb.zip");
    await Deno.writeFile(zip, zipSync({ "corpus.jsonl": [BOMB, { level: 1 }], "queries.jsonl": bytes(QUERIES) }));
    await assert.rejects(loadCollection(zip), ratio);
    for (const [ending, pack] of [["gz", gzipSync], ["zst", zstdCompressSync]] as const) {
      const path = join(folder, `corpus.jsonl.${ending}`);
      await Deno.writeFile(path, pack(BOMB));
      await assert.rejects(readAll(fileSource(path)), ratio, ending);
      assert.equal((await readAll(fileSource(path, { mostRatio: 1e6 }))).length, BOMB.length);
      const total = /Cannot unpack more than 50 MB in all; raise unpack\.mostBytes if this is meant/;
      await assert.rejects(readAll(fileSource(path, { mostRatio: 1e6, mostBytes: 5e7 })), total, ending);
    }
    const { corpus } = await loadCollection(zip, { unpack: { mostRatio: 1e6 } });
    assert.equal(corpus.length, 1);
    await assert.rejects(loadCollection(zip, { unpack: { mostBytes: 1000 } }), /more than 1\.0 kB in all/);
  }));

Deno.test("limits are checked", async () => {
  const wrong = (unpack: unknown, message: RegExp) =>
    assert.rejects(loadCollection("facets", { unpack: unpack as UnpackLimits }), message);
  await wrong({ mostRatio: 0 }, /mostRatio must be > 0, found 0/);
  await wrong({ mostBytes: NaN }, /mostBytes must be > 0, found NaN/);
  await wrong({ mostByte: 5 }, /unpack has no option "mostByte": did you mean "mostBytes"/);
  await wrong({ mostBytes: "5" }, /mostBytes must be a number, found "5"/);
});
