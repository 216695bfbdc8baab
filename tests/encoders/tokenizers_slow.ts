import assert from "node:assert/strict";
import { join } from "node:path";
import { compareTokenizers } from "./tokenizer_cases.ts";
import { python } from "./python.ts";

Deno.test("ids of 10,000 texts in 45 scripts equal those of tokenizers and transformers", async (t) => {
  const folder = await Deno.makeTempDir();
  try {
    const file = join(folder, "tokenizers.json");
    if (!await python(t.name, "make_tokenizers.py", [file, "10000", "150"])) return;
    const { tokenizers, compared } = await compareTokenizers(file);
    assert.ok(tokenizers > 200 && compared > 400_000, `${tokenizers} tokenizers, ${compared} texts`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
