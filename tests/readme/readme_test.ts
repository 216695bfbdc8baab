import assert from "node:assert/strict";
import { dirname, join, resolve } from "node:path";
import * as kit from "../../mod.ts";
import { assertNear, wordsOf } from "./near.ts";

const ROOT = resolve(import.meta.dirname!, "..", "..");
const README = await Deno.readTextFile(join(ROOT, "README.md"));
/** Writes picture and output instead of comparing them: `SYNEG_GOLDEN=write`. */
const WRITE = Deno.env.get("SYNEG_GOLDEN") === "write";

/** Fenced blocks of a language, in order, with the language of the block that follows each. */
function blocks(language: string): { code: string; next: string }[] {
  const all = [...README.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, kind, code]) => ({ kind, code }));
  return all.flatMap(({ kind, code }, i) =>
    kind === language ? [{ code, next: all[i + 1]?.kind === "text" ? all[i + 1].code : "" }] : []
  );
}

/** A folder inside the repository, so that a snippet there finds the import map, as a notebook does. */
async function scratch(run: (folder: string) => Promise<void>): Promise<void> {
  const parent = join(ROOT, "tests", ".output");
  await Deno.mkdir(parent, { recursive: true });
  const folder = await Deno.makeTempDir({ dir: parent, prefix: "readme-" });
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function runSnippet(folder: string, code: string, env: Record<string, string> = {}): Promise<string> {
  const file = join(folder, "snippet.ts");
  await Deno.writeTextFile(file, code);
  const command = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      "--allow-read",
      `--allow-write=${folder}`,
      "--allow-env",
      "--allow-sys",
      "--allow-net=127.0.0.1",
      `--allow-ffi=${join(ROOT, "node_modules")}`,
      file,
    ],
    cwd: folder,
    env: { NO_COLOR: "1", ...env },
  });
  const { success, stdout, stderr } = await command.output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

const snippets = blocks("ts");

Deno.test("README: the types of every snippet", () =>
  scratch(async (folder) => {
    const files = snippets.map((_, i) => join(folder, `snippet-${i}.ts`));
    for (const [i, { code }] of snippets.entries()) await Deno.writeTextFile(files[i], code);
    const { success, stderr } = await new Deno.Command(Deno.execPath(), { args: ["check", "-q", ...files] }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
  }));

Deno.test("README: the dozen lines print the numbers below them", () =>
  scratch(async (folder) => {
    const printed = await runSnippet(folder, snippets[0].code);
    if (WRITE) await Deno.writeTextFile(join(ROOT, "README.md"), README.replace(snippets[0].next, () => printed));
    else assertNear(printed, snippets[0].next);
  }));

Deno.test("README: your own data", () =>
  scratch(async (folder) => {
    const collection = join(folder, "my-collection");
    await Deno.mkdir(join(collection, "qrels"), { recursive: true });
    const line = (row: object) => JSON.stringify(row) + "\n";
    await Deno.writeTextFile(join(collection, "corpus.jsonl"), line({ _id: "d1", title: "t", text: "some text" }));
    await Deno.writeTextFile(join(collection, "queries.jsonl"), line({ _id: "q1", text: "what" }));
    await Deno.writeTextFile(join(collection, "qrels", "train.tsv"), "query-id\tcorpus-id\tscore\nq1\td1\t1\n");
    const found = snippets.find(({ code }) => code.includes('"my-collection"'))!;
    assert.equal(await runSnippet(folder, found.code), "1 1 train\n[]\n");
  }));

Deno.test("README: your own model", () =>
  scratch(async (folder) => {
    const encoder = await kit.loadEncoder("built-in");
    await encoder.save(join(folder, "my-model"));
    await encoder.dispose();
    const found = snippets.find(({ code }) => code.includes('loadEncoder("my-model")'))!;
    assert.match(await runSnippet(folder, found.code), /^nDCG@10 0\.[67]\d\d\n$/);
    const copy = await kit.loadEncoder(join(folder, "my-model-copy"));
    assert.equal(copy.dimension, 256);
    await copy.dispose();
  }));

Deno.test("README: your own endpoint", () =>
  scratch(async (folder) => {
    let requests = 0;
    const content = JSON.stringify({
      reflection: "neither answers",
      hard_negatives: ["One", "Two"].map((title) => ({ title, text: `${title} is a text that says something else.` })),
    });
    const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
      requests++;
      const { model } = await request.json();
      return Response.json({
        id: "1",
        object: "chat.completion",
        created: 0,
        model,
        choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content } }],
        usage: { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 },
      });
    });
    try {
      const found = snippets.find(({ code }) => code.includes("baseURL"))!;
      const code = found.code.replace("localhost:8000", `127.0.0.1:${server.addr.port}`);
      assert.equal(await runSnippet(folder, code, { OPENAI_API_KEY: "EMPTY" }), "4\n");
      assert.equal(await runSnippet(folder, code, { OPENAI_API_KEY: "EMPTY" }), "4\n");
      assert.equal(requests, 2, "the second run sends no request");
    } finally {
      await server.shutdown();
    }
  }));

Deno.test("README: every snippet is run by a test above", () => {
  assert.equal(snippets.length, 4);
});

Deno.test("README: every task and file that it names exists", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json")));
  const named = new Set([...README.matchAll(/(?:deno@[\d.]+|`deno) task ([a-z:]+)/g)].map(([, name]) => name));
  assert.ok(named.size >= 5);
  for (const name of named) assert.ok(name in tasks, `deno task ${name}`);
  for (const [, path] of README.matchAll(/\]\((?!https?:)([^)#]+)\)/g)) {
    assert.ok((await Deno.stat(join(dirname(join(ROOT, "README.md")), path))).isFile, path);
  }
});

Deno.test("README: the picture shows the negatives of facets", async () => {
  const facets = await kit.loadCollection("facets");
  const encoder = await kit.loadEncoder("built-in");
  const candidates = kit.concatenate([
    await kit.mine(facets, { source: "random", depth: 8, seed: 1 }),
    await kit.mine(facets, { source: "bm25", depth: 8 }),
    await kit.mine(facets, { source: "dense", encoder, depth: 8 }),
    await kit.generate(facets, { recipe: "syneg", replay: true, quiet: true }),
  ]);
  const chart = kit.plots.similarities(await kit.similarities(encoder, facets, candidates));
  await encoder.dispose();
  const path = join(ROOT, "notebooks", "negative-similarity.svg");
  if (WRITE) await chart.save(path, { width: "page", overwrite: true });
  assertNear(wordsOf(await chart.svg({ width: "page" })), wordsOf(await Deno.readTextFile(path)));
});
