import assert from "node:assert/strict";
import { join } from "node:path";
import * as kit from "../../mod.ts";
import { missingPrompts } from "../../lib/encoders/expected_prompts.ts";
import { copyOf } from "./fixtures.ts";

const CONFIG = "config_sentence_transformers.json";

async function changed(
  kind: string,
  change: (folder: string) => Promise<void>,
  test: (folder: string) => Promise<void>,
) {
  const folder = await copyOf(kind);
  try {
    await change(folder);
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function setPrompts(folder: string, values: Record<string, unknown>): Promise<void> {
  const file = join(folder, CONFIG);
  const config = JSON.parse(await Deno.readTextFile(file).catch(() => "{}"));
  await Deno.writeTextFile(file, JSON.stringify({ ...config, ...values }));
}

for (const kind of ["bert", "static"]) {
  Deno.test(`saving a ${kind} keeps every prompt and the name of the default`, () =>
    changed(kind, async (folder) => {
      const prompts = { query: "q: ", document: "d: ", classify: "c: ", clustering: "" };
      await setPrompts(folder, { prompts, default_prompt_name: "classify" });
    }, async (folder) => {
      const encoder = await kit.loadEncoder(folder, { prompts: { query: "ask: " } });
      await encoder.save(join(folder, "saved"));
      const saved = JSON.parse(await Deno.readTextFile(join(folder, "saved", CONFIG)));
      assert.deepEqual(saved.prompts, { query: "ask: ", document: "d: ", classify: "c: ", clustering: "" });
      assert.equal(saved.default_prompt_name, "classify");
      const again = await kit.loadEncoder(join(folder, "saved"));
      for (const kind of ["query", "document"] as const) {
        assert.deepEqual(await again.encode(["a text"], { kind }), await encoder.encode(["a text"], { kind }));
      }
    }));
}

/** Names as hubs and folders write them, and what the family's card says stands before its texts. */
const FAMILIES: readonly (readonly [string, string | undefined, string | undefined])[] = [
  ["intfloat/e5-base-v2", "query: ", "passage: "],
  ["models/multilingual-e5-small", "query: ", "passage: "],
  ["intfloat/multilingual-e5-large-instruct", "Instruct: ", undefined],
  ["BAAI/bge-small-en-v1.5", "Represent this sentence for searching relevant passages: ", undefined],
  ["BAAI/bge-large-zh", "为这个句子", undefined],
  ["nomic-ai/nomic-embed-text-v1.5", "search_query: ", "search_document: "],
  ["Alibaba-NLP/gte-Qwen2-1.5B-instruct", "Instruct: ", undefined],
  ["Qwen/Qwen3-Embedding-0.6B", "Instruct: ", undefined],
  ["mixedbread-ai/mxbai-embed-large-v1", "Represent this sentence", undefined],
  ["hkunlp/instructor-base", "Represent the question", undefined],
];
for (const [name, query, document] of FAMILIES) {
  Deno.test(`${name} without prompts gets a warning`, () => {
    const found = missingPrompts([name], { query: "", document: "" });
    assert.ok(found?.includes(`${JSON.stringify(query).slice(0, -1)}`) && found.includes("before every query"), found);
    assert.equal(found?.includes("before every document"), document !== undefined);
    assert.equal(missingPrompts([name], { query: "x: ", document: "" }), undefined);
  });
}
for (const name of ["sentence-transformers/all-MiniLM-L6-v2", "BAAI/bge-m3", "google-bert/bert-base", "size5-model"]) {
  Deno.test(`${name} needs no prompts`, () =>
    assert.equal(missingPrompts([name], { query: "", document: "" }), undefined));
}

Deno.test("an E5 folder without prompts warns by its config or card, but not if prompts are given", async () => {
  const said: string[] = [];
  const { warn } = console;
  console.warn = (line: string) => void said.push(line);
  try {
    await changed("bert", async (folder) => {
      const config = JSON.parse(await Deno.readTextFile(join(folder, "config.json")));
      await Deno.writeTextFile(
        join(folder, "config.json"),
        JSON.stringify({ ...config, _name_or_path: "intfloat/e5-base" }),
      );
    }, async (folder) => {
      await kit.loadEncoder(folder);
      assert.match(said.splice(0).join("\n"), /e5-base looks like .*"query: " before every query and "passage: "/);
      await kit.loadEncoder(folder, { prompts: { query: "query: ", document: "passage: " } });
      await kit.loadEncoder(folder, { prompts: { query: "", document: "" } });
      assert.deepEqual(said, []);
    });
    await changed("bert", async (folder) => {
      await Deno.writeTextFile(
        join(folder, "README.md"),
        "---\nbase_model: intfloat/multilingual-e5-base\n---\n# Mine\n",
      );
    }, async (folder) => {
      await kit.loadEncoder(folder);
      assert.match(said.join("\n"), /multilingual-e5-base looks like/);
    });
  } finally {
    console.warn = warn;
  }
});

/** Folders that lack something or hold what changes their vectors, by what is done to a whole one. */
const FOLDERS: Record<string, [(folder: string) => Promise<void>, RegExp]> = {
  "an adapter beside the weights": [
    (folder) => Deno.writeTextFile(join(folder, "adapter_config.json"), '{"peft_type": "LORA"}'),
    /Found adapter_config\.json: an adapter is not merged .*merge_and_unload/,
  ],
  "an adapter alone": [async (folder) => {
    await Deno.writeTextFile(join(folder, "adapter_config.json"), "{}");
    await Deno.rename(join(folder, "model.safetensors"), join(folder, "adapter_model.safetensors"));
  }, /adapter_config\.json/],
  "weights in PyTorch's format": [
    (folder) => Deno.rename(join(folder, "model.safetensors"), join(folder, "pytorch_model.bin")),
    /Found pytorch_model\.bin, wanted model\.safetensors.*save_pretrained/,
  ],
  "no weights": [
    (folder) => Deno.remove(join(folder, "model.safetensors")),
    /Found no model\.safetensors/,
  ],
  "a vocabulary without tokenizer.json": [async (folder) => {
    await Deno.remove(join(folder, "tokenizer.json"));
    await Deno.writeTextFile(join(folder, "vocab.txt"), "[PAD]\n[UNK]\n");
  }, /Found vocab\.txt, wanted tokenizer\.json.*save_pretrained/],
  "no tokenizer": [(folder) => Deno.remove(join(folder, "tokenizer.json")), /Found no tokenizer\.json/],
};
for (const [name, [change, message]] of Object.entries(FOLDERS)) {
  Deno.test(`a folder with ${name} is refused with advice`, () =>
    changed("bert", change, (folder) => assert.rejects(kit.loadEncoder(folder), message)));
}
