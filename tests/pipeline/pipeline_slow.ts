import assert from "node:assert/strict";
import { join } from "node:path";
import { sha256File } from "../../lib/core/mod.ts";
import { runPipeline } from "../../lib/pipeline/mod.ts";
import { serve } from "../generators/server.ts";
import { facetsModel } from "./facets_model.ts";

const ROOT = join(import.meta.dirname!, "..", "..");
const DOCUMENTS = join(ROOT, "data", "documents");

/** What a run leaves that must not depend on interruptions. */
async function digests(out: string): Promise<Record<string, string>> {
  const files = ["queries.arrow", "negatives.arrow", "encoder/model.safetensors", "verdict.json", "leakage.json"];
  return Object.fromEntries(await Promise.all(files.map(async (file) => [file, await sha256File(join(out, file))])));
}

const PERMISSIONS = ["--allow-read", "--allow-write", "--allow-env", "--allow-sys", "--allow-net", "--allow-ffi"];

Deno.test("killed three times, it ends as if it had not been, and pays for nothing twice", async () => {
  const folder = await Deno.makeTempDir();
  const answer = await facetsModel();
  const options = { documents: DOCUMENTS, model: "m", passages: 48, epochs: 2 };
  const asked = async (out: string, work: (baseURL: string, server: ReturnType<typeof serve>) => Promise<void>) => {
    await using server = serve({ content: answer, latency: 5 });
    await work(server.baseURL, server);
    assert.ok(out);
    return server.came;
  };
  try {
    const [whole, killed] = [join(folder, "whole"), join(folder, "killed")];
    const once = await asked(whole, async (baseURL) => {
      await runPipeline(options, { out: whole, baseURL, concurrency: 1 });
    });
    const command = (baseURL: string) =>
      new Deno.Command(Deno.execPath(), {
        args: [
          ...["run", "--quiet", "--no-prompt", ...PERMISSIONS, join(ROOT, "lib", "cli", "pipeline.ts"), DOCUMENTS],
          ...["--model", "m", "--base-url", baseURL, "--passages", "48", "--epochs", "2", "--concurrency", "1"],
          ...["--out", killed],
        ],
        cwd: ROOT,
        stdout: "null",
        stderr: "null",
      }).spawn();
    const came = await asked(killed, async (baseURL, server) => {
      // While queries are written, while candidates are judged, while negatives are written.
      for (const share of [0.1, 0.5, 0.9]) {
        const child = command(baseURL);
        server.onRequest = (count) => {
          if (count >= once * share) child.kill("SIGKILL");
        };
        assert.equal((await child.status).signal, "SIGKILL");
        server.onRequest = undefined;
      }
      assert.equal((await command(baseURL).status).code, 0);
    });
    // At most the request that was under way at each kill is sent again.
    assert.ok(came >= once && came <= once + 3, `${came} requests, ${once} without a kill`);
    assert.deepEqual(await digests(killed), await digests(whole));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
