import assert from "node:assert/strict";
import { join } from "node:path";
import { KitError } from "../../lib/core/errors.ts";
import { writeFolder } from "../../lib/core/write_folder.ts";

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const names = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
const file = (text: string) => (path: string) => Deno.writeTextFile(join(path, "file"), text);

Deno.test("a folder appears once it is complete", () =>
  inFolder(async (folder) => {
    const path = join(folder, "on", "the", "way");
    await writeFolder(path, async (temporary) => {
      assert.ok(temporary !== path);
      await file("a")(temporary);
      assert.throws(() => Deno.statSync(path), Deno.errors.NotFound);
    });
    assert.deepEqual(names(path), ["file"]);
    assert.deepEqual(names(join(folder, "on", "the")), ["way"]);
  }));

Deno.test("an existing folder is replaced only on request, even if it appears meanwhile", () =>
  inFolder(async (folder) => {
    const path = join(folder, "made");
    await writeFolder(path, file("old"));
    await assert.rejects(writeFolder(path, file("new"), { doing: "save it" }), /Cannot save it: a folder of this name/);
    assert.equal(await Deno.readTextFile(join(path, "file")), "old");
    await writeFolder(path, file("new"), { overwrite: true });
    assert.equal(await Deno.readTextFile(join(path, "file")), "new");
    const late = join(folder, "late");
    const lateWrite = writeFolder(late, () => Deno.mkdir(late));
    await assert.rejects(lateWrite, KitError);
    assert.deepEqual(names(folder), ["late", "made"]);
  }));

Deno.test("an error leaves the old folder and nothing temporary", () =>
  inFolder(async (folder) => {
    const path = join(folder, "made");
    await writeFolder(path, file("old"));
    const failing = async (temporary: string) => {
      await file("new")(temporary);
      throw new Error("no more");
    };
    await assert.rejects(writeFolder(path, failing, { overwrite: true }), /no more/);
    const vanishing = (temporary: string) => Deno.remove(temporary);
    await assert.rejects(writeFolder(path, vanishing, { overwrite: true }), KitError);
    assert.equal(await Deno.readTextFile(join(path, "file")), "old");
    assert.deepEqual(names(folder), ["made"]);
  }));
