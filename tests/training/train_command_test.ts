import assert from "node:assert/strict";
import { join } from "node:path";
import { runCommand } from "../../lib/cli/run_command.ts";
import { captureCommand } from "../support/capture_command.ts";
import { trainCommand } from "../../lib/cli/train.ts";
import { readTable, writeTable } from "../../lib/files/arrow/ipc.ts";
import { EVENTS } from "../../lib/tables/schema.ts";
import { loadEncoder } from "../../lib/encoders/load.ts";
import { tinyEncoder, tinyWorld, weightsOf } from "./world.ts";

const BERT = join(import.meta.dirname!, "..", "fixtures", "encoders", "bert");
const STATIC = join(import.meta.dirname!, "..", "fixtures", "encoders", "static");

/** The tiny world in BEIR's form, with its negatives. */
async function written(folder: string): Promise<{ collection: string; negatives: string }> {
  const { collection, negatives } = tinyWorld();
  const path = join(folder, "collection");
  await Deno.mkdir(join(path, "qrels"), { recursive: true });
  const lines = (rows: Iterable<Record<string, unknown>>) =>
    [...rows].map(({ id, title, text }) => JSON.stringify({ _id: id, title, text }) + "\n").join("");
  await Deno.writeTextFile(join(path, "corpus.jsonl"), lines(collection.corpus.rows()));
  await Deno.writeTextFile(join(path, "queries.jsonl"), lines(collection.queries.rows()));
  const qrels = [...collection.qrels.train.rows()].map((r) => `${r.query_id}\t${r.doc_id}\t${r.grade}\n`).join("");
  for (const split of ["train", "dev"]) {
    await Deno.writeTextFile(join(path, "qrels", `${split}.tsv`), "query-id\tcorpus-id\tscore\n" + qrels);
  }
  await writeTable(join(folder, "negatives.arrow"), negatives);
  return { collection: path, negatives: join(folder, "negatives.arrow") };
}

Deno.test("task train writes encoder, events and checkpoints, and refuses bad input", async () => {
  const folder = await Deno.makeTempDir();
  const said: string[] = [];
  const { log, error } = console;
  console.log = (...parts) => said.push(parts.join(" "));
  console.error = (...parts) => said.push(parts.join(" "));
  try {
    const { collection, negatives } = await written(folder);
    const out = join(folder, "run");
    const args = [
      collection,
      "--negatives",
      negatives,
      "--encoder",
      STATIC,
      "--batch-size",
      "6",
      "--learning-rate",
      "0.005",
    ];
    const run = (...more: string[]) => runCommand(trainCommand, [...args, ...more]);
    assert.equal(
      await run(
        "--mix",
        "bm25:2,synthetic:1",
        "--evaluate",
        "dev",
        "--measure",
        "ndcg@10",
        "--epochs",
        "3",
        "--out",
        out,
      ),
      0,
    );
    const events = await readTable(join(out, "events.arrow"), EVENTS);
    const names = new Set(events.column("name"));
    for (const name of ["loss", "loss:bm25", "nDCG@10", "shortfalls"]) assert.ok(names.has(name), name);
    const trained = await loadEncoder(join(out, "encoder"));
    const before = weightsOf(await tinyEncoder("static"));
    assert.notDeepEqual(weightsOf(trained), before);
    assert.match(said.join("\n"), /step 0: nDCG@10 0\.\d+ \(best\)[\s\S]*finished after 12 steps/);
    assert.equal(await run("--out", out), 1);
    assert.match(said.at(-1)!, /the encoder of this run exists/);
    assert.equal(await run("--out", join(folder, "b"), "--mix", "bm52:1"), 1);
    assert.match(said.at(-1)!, /--mix must be source:count .* found "bm52:1"/);
    assert.equal(await run("--out", join(folder, "b"), "--margin", "0.2"), 1);
    assert.match(said.at(-1)!, /infoNCE has no option "margin"/);
    assert.equal(await run("--out", join(folder, "b"), "--patience", "2"), 1);
    assert.match(said.at(-1)!, /Cannot use --patience without --evaluate/);
    assert.equal(await run("--out", join(folder, "b"), "--teacher", "scores"), 1);
    assert.match(said.at(-1)!, /Cannot use --teacher with --loss infoNCE/);
    for (
      const [options, message] of [
        [["--mask-margin", "0.1"], /Cannot use --mask-margin without --in-batch/],
        [["--guide", STATIC], /Cannot use --guide without --in-batch/],
        [["--train-group-size", "3", "--mix", "bm25:1"], /--train-group-size and --mix exclude each other/],
        [["--refresh-every", "2", "--mix", "bm25:1"], /--refresh-every needs the source model in --mix/],
        [["--loss", "marginMSE", "--teacher", "scores", "--in-batch"], /Cannot distill scores with in-batch negatives/],
      ] as const
    ) {
      assert.equal(await run("--out", join(folder, "b"), ...options), 1);
      assert.match(said.at(-1)!, message);
    }
    for (const flag of ["--lora-alpha", "--lora-dropout", "--lora-target"]) {
      assert.equal(await run("--out", join(folder, "b"), flag, "0.1"), 1);
      assert.match(said.at(-1)!, new RegExp(`Cannot use ${flag} without --lora-rank`));
    }
    assert.equal(await run("--out", join(folder, "b"), "--lora-rank", "2"), 1);
    assert.match(said.at(-1)!, /lora needs a transformer, found a static encoder/);
    const half = join(folder, "half");
    assert.equal(await run("--out", half, "--evaluate", "dev", "--epochs", "1"), 0);
    await Deno.remove(join(half, "encoder"), { recursive: true });
    assert.equal(await run("--out", half, "--evaluate", "train", "--epochs", "1", "--resume"), 1);
    assert.match(said.at(-1)!, /evaluation/);
    assert.equal(await run("--out", join(folder, "b"), "--evaluate", "dev", "--measure", "nDCG@ten"), 1);
    assert.match(said.at(-1)!, /nDCG@ten/);
    assert.equal(await run("--out", join(folder, "b"), "--learning-rate", "-1"), 1);
    assert.match(said.at(-1)!, /learningRate must be a number > 0, found -1/);
    assert.equal(await run(), 1);
  } finally {
    Object.assign(console, { log, error });
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("task train --lora-rank leaves the adapter beside an encoder with the adapter in its weights", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const { collection, negatives } = await written(folder);
    const out = join(folder, "run");
    const args = [collection, "--negatives", negatives, "--encoder", BERT, "--batch-size", "6", "--out", out];
    const lora = ["--lora-rank", "3", "--lora-target", "query", "--lora-target", "value", "--learning-rate", "0.01"];
    assert.equal((await captureCommand(trainCommand, ...args, ...lora)).code, 0);
    const config = JSON.parse(await Deno.readTextFile(join(out, "adapter", "adapter_config.json")));
    assert.deepEqual([config.r, config.lora_alpha, config.target_modules.length], [3, 6, 4]);
    const kind = { kind: "query" } as const;
    const whole = await (await loadEncoder(join(out, "encoder"))).encode(["a text"], kind);
    const apart = await (await loadEncoder(BERT, { adapter: join(out, "adapter") })).encode(["a text"], kind);
    const plain = await (await loadEncoder(BERT)).encode(["a text"], kind);
    whole.data.forEach((x, i) => assert.ok(Math.abs(x - apart.data[i]) < 1e-6));
    assert.ok(whole.data.some((x, i) => Math.abs(x - plain.data[i]) > 1e-4));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** `deno task train …` as a process of its own. */
function trainProcess(...args: string[]): Deno.ChildProcess {
  const root = join(import.meta.dirname!, "..", "..");
  const { tasks } = JSON.parse(Deno.readTextFileSync(join(root, "deno.json")));
  return new Deno.Command(Deno.execPath(), {
    args: [...tasks.train.command.split(" ").slice(1), ...args],
    cwd: root,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1" },
  }).spawn();
}

Deno.test("of two processes that resume one training, the second names the first; after kill -9, it continues", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const { collection, negatives } = await written(folder);
    const out = join(folder, "run");
    const args = [
      collection,
      "--negatives",
      negatives,
      "--encoder",
      STATIC,
      "--batch-size",
      "6",
      "--learning-rate",
      "0.001",
    ];
    const long = [...args, "--out", out, "--steps", "100000", "--checkpoint-every", "50"];
    const first = trainProcess(...long);
    const lock = join(out, "checkpoints", "train.lock");
    const begun = () => {
      try {
        return Deno.readTextFileSync(lock) !== "" &&
          Deno.statSync(join(out, "checkpoints", "step-00000050.checkpoint"));
      } catch {
        return false;
      }
    };
    while (!begun()) await new Promise((resolve) => setTimeout(resolve, 20));
    for (const more of [["--resume"], []]) {
      const { code, stderr } = await trainProcess(...long, ...more).output();
      const said = new TextDecoder().decode(stderr);
      assert.equal(code, 1, said);
      assert.match(
        said,
        new RegExp(`train: Cannot (resume the training|train): process ${first.pid} on \\S+ \\(since`),
      );
      assert.doesNotMatch(said, /^ +at /m);
    }
    first.kill("SIGKILL");
    await first.output();
    const short = [...args, "--out", out, "--steps", "100000", "--checkpoint-every", "50", "--resume"];
    const next = trainProcess(...short);
    const reader = next.stdout.pipeThrough(new TextDecoderStream()).getReader();
    let said = "";
    while (!/Resuming from .*step-\d+\.checkpoint/.test(said)) {
      const { value, done } = await reader.read();
      assert.ok(!done, said);
      said += value;
    }
    next.kill("SIGKILL");
    await next.status;
    await Promise.all([reader.cancel(), next.stderr.cancel()]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a folder that cannot be written is one clear error", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const { collection } = await written(folder);
    const file = join(folder, "file");
    await Deno.writeTextFile(file, "mine");
    const CASES: [string, RegExp][] = [
      ["", /Cannot use --out: its path is empty/],
      ["x".repeat(5000), /Cannot use --out: its path is too long/],
      [file, /Cannot train: Not a directory/],
      [join(file, "x"), /Cannot train: Not a directory/],
    ];
    for (const [out, message] of CASES) {
      const { code, stderr } = await trainProcess(collection, "--encoder", STATIC, "--out", out).output();
      const said = new TextDecoder().decode(stderr);
      assert.equal(code, 1, said);
      assert.match(said, message);
      assert.equal(said.trim().split("\n").length, 1, said);
      assert.ok(said.length < 600, said);
    }
    const nothing = await trainProcess(
      collection,
      "--encoder",
      STATIC,
      "--out",
      join(folder, "run"),
      "--batch-size",
      "1",
    )
      .output();
    assert.match(
      new TextDecoder().decode(nothing.stderr),
      /train: Cannot train on batches of one query: 20 of the 20 queries/,
    );
    const other = join(folder, "negatives.arrow");
    const mixed = await trainProcess(
      ...[
        collection,
        "--encoder",
        STATIC,
        "--negatives",
        other,
        "--mix",
        "bm25:1,dense:2",
        "--out",
        join(folder, "run"),
      ],
    ).output();
    assert.match(
      new TextDecoder().decode(mixed.stderr),
      /train: Cannot train: dense negatives are asked for, .*bm25, \d+ random/,
    );
    assert.ok(![...Deno.readDirSync(folder)].some(({ name }) => name === "run"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
