import assert from "node:assert/strict";
import { join } from "node:path";
import { random } from "../../lib/core/mod.ts";
import { distill as command } from "../../lib/cli/distill.ts";
import { runCommand } from "../../lib/cli/run_command.ts";
import { loadEncoder, staticEncoder, TransformerEncoder, transformerEncoder } from "../../lib/encoders/mod.ts";
import { principalComponents, transformed } from "../../lib/experiments/distill/principal_components.ts";
import { symmetricEigen } from "../../lib/experiments/distill/symmetric_eigen.ts";
import { distill } from "../../lib/experiments/distill/distill.ts";
import { matchVectors } from "../../lib/experiments/distill/match_vectors.ts";
import { collectTexts } from "../../lib/experiments/distill/collect_texts.ts";

const TEACHER = join(import.meta.dirname!, "..", "fixtures", "encoders", "bert");

Deno.test("eigenvectors rebuild the matrix; components are uncorrelated with falling variance", () => {
  const draw = random("matrix");
  const n = 12;
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) matrix[i * n + j] = matrix[j * n + i] = draw.normal();
  const { values, vectors } = symmetricEigen(matrix, n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += values[k] * vectors[k * n + i] * vectors[k * n + j];
      assert.ok(Math.abs(sum - matrix[i * n + j]) < 1e-9);
    }
  }
  const rows = 500;
  const data = Float32Array.from({ length: rows * n }, (_, i) => (1 + i % n) * draw.normal() + 3);
  const components = principalComponents(data, n, 4);
  const out = transformed(data, components, 1);
  for (let a = 0; a < 4; a++) {
    for (let b = 0; b < 4; b++) {
      let sum = 0;
      for (let row = 0; row < rows; row++) sum += out[row * 4 + a] * out[row * 4 + b] / rows;
      assert.ok(Math.abs(sum - (a === b ? 1 : 0)) < 1e-4, `covariance of ${a} and ${b}: ${sum}`);
    }
  }
  assert.deepEqual([...components.deviations], [...components.deviations].sort((a, b) => b - a));
});

Deno.test("a constant direction is 0 in every component, not infinite", () => {
  const data = Float32Array.of(1, 2, 1, 3, 1, 4);
  assert.deepEqual([...transformed(data, principalComponents(data, 2, 2), 0.5)].filter(Number.isNaN), []);
  const same = new Float32Array(6).fill(2);
  assert.deepEqual([...transformed(same, principalComponents(same, 2, 2), 0.5)], [0, 0, 0, 0, 0, 0]);
});

async function sources(): Promise<string[]> {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(
    join(folder, "corpus.jsonl"),
    JSON.stringify({
      _id: "1",
      title: "How sleep builds up pressure",
      text: "Sleep is good for you. It makes tokens appear often. Nobody knows why it does so.",
    }) + "\n",
  );
  await Deno.mkdir(join(folder, "man1"));
  await Deno.writeTextFile(
    join(folder, "man1", "sort.1"),
    ".TH SORT 1\n.SH NAME\nsort \\- sort lines of text files\n.SH DESCRIPTION\nWrite the sorted \\fIconcatenation\\fP of all files\n.B here\nto standard output.\n.PP\n.nf\nliteral code here that is not read\n.fi\n",
  );
  await Deno.writeTextFile(join(folder, "avail"), "Package: a\nDescription: game of ancient warfare and tokens\n");
  await Deno.writeTextFile(
    join(folder, "data.noun"),
    '  1 licence text\n00001740 03 n 02 night_sleep 0 rest 0 000 | a state that restores the body; "he went to his well deserved rest"\n',
  );
  for (const part of ["verb", "adj", "adv"]) await Deno.writeTextFile(join(folder, `data.${part}`), "");
  return [`beir:${folder}`, `man:${folder}`, `packages:${join(folder, "avail")}`, `wordnet:${folder}`];
}

Deno.test("texts come from every source, cleaned, seeded and limited", async () => {
  const all = await sources();
  const texts = await collectTexts(all, { seed: 1, limit: 100 });
  for (
    const wanted of [
      "Sleep is good for you.",
      "How sleep builds up pressure",
      "Write the sorted concatenation of all files here to standard output.",
      "game of ancient warfare and tokens",
      "he went to his well deserved rest",
    ]
  ) assert.ok(texts.includes(wanted), `${wanted} is missing of ${JSON.stringify(texts)}`);
  assert.ok(!texts.some((text) => text.includes("literal") || text.includes("\\f")));
  assert.deepEqual(await collectTexts(all, { seed: 1, limit: 100 }), texts);
  assert.equal((await collectTexts(all, { seed: 1, limit: 1 })).length, 4);
  await assert.rejects(collectTexts(["mann:/usr"], { seed: 1, limit: 1 }), /Unknown source.*did you mean "man"/);
});

Deno.test("training on vectors reproduces them, with a static encoder and a transformer", async () => {
  const words = "sleep token parser lexer clock body hours awake substance builds begins reads next one".split(" ");
  const draw = random("texts");
  const texts = Array.from(
    { length: 640 },
    () => Array.from({ length: 2 + draw.integer(5) }, () => words[draw.integer(words.length)]).join(" "),
  );
  const teacher = staticEncoder(words.concat(words), { seed: 2, dimension: 32 });
  const targets = await teacher.encode(texts, { kind: "document" });
  const students = [
    {
      student: staticEncoder(words.concat(words), { seed: 1, dimension: 32 }),
      learningRate: 0.05,
      epochs: 40,
      wanted: 0.05,
    },
    {
      student: transformerEncoder(words.concat(words), { seed: 1, width: 32, layers: 1, maxLength: 16 }),
      learningRate: 0.01,
      epochs: 20,
      wanted: 0.2,
    },
  ];
  for (const { student, learningRate, epochs, wanted } of students) {
    const distance = async () => {
      const { data } = await student.encode(texts, { kind: "document" });
      return 1 - data.reduce((sum, x, i) => sum + x * targets.data[i], 0) / texts.length;
    };
    const before = await distance();
    await matchVectors(student, texts, { targets, seed: 1, epochs, batchSize: 64, learningRate, threads: 1 });
    const after = await distance();
    assert.ok(before > 0.6 && after < wanted, `${student.kind}: 1 - cosine from ${before} to ${after}`);
    await student.dispose();
  }
});

Deno.test("deno task distill writes an encoder that loads, and reports what is missing", async () => {
  const folder = await Deno.makeTempDir();
  const out = join(folder, "small");
  const [beir] = await sources();
  const args = [TEACHER, out, "--dimension", "16", "--epochs", "0", "--cache", join(folder, "cache")];
  assert.equal(await runCommand(command, args), 1, "no text");
  assert.equal(await runCommand(command, [...args, "--text", beir]), 0);
  const encoder = await loadEncoder(out);
  assert.deepEqual([encoder.kind, encoder.dimension], ["static", 16]);
  assert.equal(await runCommand(command, [...args, "--text", beir]), 1, "the folder exists");
});

Deno.test("distilling refuses bad input and omits rows without a token", async () => {
  const { parts } = await loadEncoder(TEACHER) as TransformerEncoder;
  const shape = { ...parts.shape, vocabulary: parts.shape.vocabulary + 2 };
  const word = parts.parameters.get("embeddings.word")!;
  const rows = new Float32Array(shape.vocabulary * shape.width);
  rows.set(word.data);
  const parameters = new Map(parts.parameters).set(word.name, {
    ...word,
    data: rows,
    shape: [shape.vocabulary, shape.width],
  });
  const teacher = new TransformerEncoder({ ...parts, shape, parameters });
  const options = {
    sources: (await sources()).slice(0, 1),
    limit: 9,
    dimension: 8,
    layers: 0,
    learningRate: 0.01,
    seed: 1,
  };
  await assert.rejects(
    distill(teacher, { ...options, epochs: 0, dimension: 64 }),
    /dimension must be an integer from 1 to the teacher's 32, found 64/,
  );
  await assert.rejects(distill(teacher, { ...options, epochs: 1 }), /Cannot train on \d texts: a step takes 256/);
  const student = await distill(teacher, { ...options, epochs: 0 });
  const table = student.parameters.get("embeddings.word")!;
  assert.deepEqual(table.shape, [parts.tokenizer.size, 8]);
  assert.ok(table.data.every(Number.isFinite));
  await teacher.dispose();
});
