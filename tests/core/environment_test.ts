import assert from "node:assert/strict";
import { environment } from "../../lib/core/environment.ts";

Deno.test("a set variable has its value; an unset or empty one has none", () => {
  Deno.env.set("SYNEG_TEST_VARIABLE", "here");
  assert.equal(environment("SYNEG_TEST_VARIABLE"), "here");
  Deno.env.set("SYNEG_TEST_VARIABLE", "");
  assert.equal(environment("SYNEG_TEST_VARIABLE"), undefined);
  Deno.env.delete("SYNEG_TEST_VARIABLE");
  assert.equal(environment("SYNEG_TEST_VARIABLE"), undefined);
});

Deno.test("an unreadable variable counts as unset; a bad name is an error", async () => {
  const worker = new URL("../../lib/core/environment.ts", import.meta.url).href;
  const code = `import { environment } from ${JSON.stringify(worker)}; console.log(environment("HOME"));`;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "--no-config", `data:application/typescript,${encodeURIComponent(code)}`],
    env: { HOME: "/somewhere" },
  }).output();
  assert.equal(new TextDecoder().decode(stdout).trim(), "undefined");
  assert.throws(() => environment(""), TypeError);
});
