import assert from "node:assert/strict";
import { join } from "node:path";

/**
 * Runs a script of oracle/ with the Python that SYNEG_PYTHON names, one with sentence-transformers. Without it, says what
 * is skipped and returns false.
 */
export async function python(test: string, script: string, args: readonly string[]): Promise<boolean> {
  const command = Deno.env.get("SYNEG_PYTHON");
  if (!command) {
    console.log(`skipped ${test}: SYNEG_PYTHON names no Python with sentence-transformers`);
    return false;
  }
  const path = join(import.meta.dirname!, "oracle", script);
  const env = { PYTHONDONTWRITEBYTECODE: "1", HF_HUB_OFFLINE: "1", TOKENIZERS_PARALLELISM: "false" };
  const { success, stderr } = await new Deno.Command(command, { args: [path, ...args], env, stdout: "null" }).output();
  assert.ok(success, `${script} failed:\n${new TextDecoder().decode(stderr).slice(-2000)}`);
  return true;
}
