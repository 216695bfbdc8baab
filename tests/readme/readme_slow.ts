import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { assertNear, wordsOf } from "./near.ts";

const ROOT = resolve(import.meta.dirname!, "..", "..");

Deno.test("README: the default experiment draws the picture on the first screen", async () => {
  const folder = await Deno.makeTempDir();
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "-q", "experiment", "--out", join(folder, "run")],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  const drawn = await Deno.readTextFile(join(folder, "run", "figures", "differences.svg"));
  if (Deno.env.get("SYNEG_GOLDEN") === "write") {
    await Deno.writeTextFile(join(ROOT, "notebooks", "differences.svg"), drawn);
  }
  assertNear(wordsOf(drawn), wordsOf(await Deno.readTextFile(join(ROOT, "notebooks", "differences.svg"))));
  await Deno.remove(folder, { recursive: true });
});
