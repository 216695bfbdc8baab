import { readTable } from "../../lib/files/mod.ts";
import { QRELS } from "../../lib/tables/mod.ts";
import assert from "node:assert/strict";
import { join } from "node:path";
import { exists, KitError, writeAtomic } from "../../lib/core/mod.ts";

async function withFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const names = (folder: string) => [...Deno.readDirSync(folder)].map((entry) => entry.name).sort();

Deno.test("text, bytes and streams are written whole, and missing folders are created", () =>
  withFolder(async (folder) => {
    await writeAtomic(join(folder, "a", "b", "text"), "Ünï");
    await writeAtomic(join(folder, "bytes"), new Uint8Array([1, 2, 3]));
    await writeAtomic(join(folder, "stream"), ReadableStream.from([new Uint8Array([1]), new Uint8Array([2])]));
    assert.equal(await Deno.readTextFile(join(folder, "a", "b", "text")), "Ünï");
    assert.deepEqual([...await Deno.readFile(join(folder, "stream"))], [1, 2]);
    assert.deepEqual(names(folder), ["a", "bytes", "stream"]);
    assert.ok(await exists(join(folder, "a")));
    assert.ok(!await exists(join(folder, "bytes", "below")));
  }));

Deno.test("an existing file is replaced only on request", () =>
  withFolder(async (folder) => {
    const path = join(folder, "file");
    await writeAtomic(path, "first");
    await assert.rejects(writeAtomic(path, "second"), (error) =>
      error instanceof KitError && error.message.includes(path));
    assert.equal(await Deno.readTextFile(path), "first");
    await writeAtomic(path, "third", { overwrite: true });
    assert.equal(await Deno.readTextFile(path), "third");
  }));

Deno.test("two writers without overwrite: one wins, the other gets an error", () =>
  withFolder(async (folder) => {
    const path = join(folder, "file");
    const slow = (text: string) =>
      ReadableStream.from(async function* () {
        yield new TextEncoder().encode(text);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }());
    const results = await Promise.allSettled(["a", "b"].map((text) => writeAtomic(path, slow(text))));
    assert.deepEqual(results.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
    const winner = results[0].status === "fulfilled" ? "a" : "b";
    assert.equal(await Deno.readTextFile(path), winner);
    assert.deepEqual(names(folder), ["file"]);
  }));

Deno.test("a failing source leaves the old file and nothing temporary", () =>
  withFolder(async (folder) => {
    const path = join(folder, "file");
    await writeAtomic(path, "old");
    const broken = ReadableStream.from(async function* () {
      yield new Uint8Array(1000);
      await Promise.resolve();
      throw new Error("the source broke");
    }());
    await assert.rejects(writeAtomic(path, broken, { overwrite: true }), /the source broke/);
    assert.equal(await Deno.readTextFile(path), "old");
    assert.deepEqual(names(folder), ["file"]);
  }));

Deno.test("a full disk is one clear error; the old file remains, and no temporary file", {
  ignore: Deno.build.os !== "linux",
}, () =>
  withFolder(async (folder) => {
    const path = join(folder, "file");
    await writeAtomic(path, "old");
    const script = `
      import { writeAtomic } from ${JSON.stringify(new URL("../../lib/core/files.ts", import.meta.url).href)};
      try {
        await writeAtomic(${JSON.stringify(path)}, new Uint8Array(4 << 20), { overwrite: true });
      } catch (error) {
        console.log(error.name + ": " + error.message);
      }`;
    // A limit on the size of files fails in the middle of a write, as a full disk does.
    const command = `trap '' XFSZ; ulimit -f 1024; exec "$0" eval "$1"`;
    const { stdout, stderr } = await new Deno.Command("bash", { args: ["-c", command, Deno.execPath(), script] })
      .output();
    const said = new TextDecoder().decode(stdout);
    assert.match(said, /^KitError: Cannot write: .*\(.*file\)/, said + new TextDecoder().decode(stderr));
    assert.equal(await Deno.readTextFile(path), "old");
    assert.deepEqual(names(folder), ["file"]);
  }));

Deno.test("a process killed while writing leaves the old file whole", () =>
  withFolder(async (folder) => {
    const path = join(folder, "file");
    await writeAtomic(path, "old");
    const script = `
      import { writeAtomic } from ${JSON.stringify(new URL("../../lib/core/files.ts", import.meta.url).href)};
      const endless = ReadableStream.from(async function* () {
        for (let i = 0; ; i++) {
          yield new Uint8Array(1000);
          if (i === 10) console.log("writing");
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
      }());
      await writeAtomic(${JSON.stringify(path)}, endless, { overwrite: true });`;
    const child = new Deno.Command(Deno.execPath(), { args: ["eval", script], stdout: "piped" }).spawn();
    const reader = child.stdout.getReader();
    assert.match(new TextDecoder().decode((await reader.read()).value), /writing/);
    child.kill("SIGKILL");
    await child.status;
    await reader.cancel();
    assert.equal(await Deno.readTextFile(path), "old");
  }));

Deno.test("a missing file with a relative path says from where it was looked for", async () => {
  await assert.rejects(readTable("no-such-folder/x.arrow", QRELS), (error: Error) => {
    assert.match(error.message, /there is no such file; you are in .+ \(no-such-folder\/x\.arrow\)/);
    assert.ok(error.message.includes(Deno.cwd()));
    return true;
  });
});
