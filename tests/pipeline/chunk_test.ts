import assert from "node:assert/strict";
import { random } from "../../mod.ts";
import { chunk } from "../../lib/pipeline/mod.ts";
import { chunkLength } from "../../lib/pipeline/chunk.ts";

const of = (text: string, title = "T") => ({ id: "d", title, text });

Deno.test("headings are kept as titles, from the document's title inwards", () => {
  const text = "Before.\n\n# T\n\n## A\n\nOne.\n\n### B\n\nTwo.\n\n## C\n\nThree.\n\n# Other\n\nFour.";
  assert.deepEqual(chunk(of(text)).map(({ id, title, text }) => [id, title, text]), [
    ["d#1", "T", "Before."],
    ["d#2", "T > A", "One."],
    ["d#3", "T > A > B", "Two."],
    ["d#4", "T > C", "Three."],
    ["d#5", "T > Other", "Four."],
  ]);
  assert.deepEqual(chunk(of("# A\n\nOne.", "")).map(({ title }) => title), ["A"]);
  assert.deepEqual(chunk(of("\n \n")), []);
});

Deno.test("no chunk is longer than size; chunks hold every word in order, and overlap by whole sentences", () => {
  const stream = random("chunks");
  for (let round = 0; round < 30; round++) {
    let number = 0;
    const sentence = () => `${Array.from({ length: 1 + stream.integer(30) }, () => `w${number++}`).join(" ")}.`;
    const paragraphs = Array.from(
      { length: 1 + stream.integer(5) },
      () => Array.from({ length: 1 + stream.integer(12) }, sentence).join(" "),
    );
    const [size, overlap] = [60 + stream.integer(400), stream.integer(30)];
    const chunks = chunk(of(paragraphs.join("\n\n")), { size, overlap });
    let next = 0;
    for (const { text } of chunks) {
      assert.ok(text.length <= size, `${text.length} > ${size}`);
      const words = text.match(/\d+/g)!.map(Number);
      assert.ok(words[0] <= next, "nothing is left out");
      const repeated = next - words[0];
      assert.ok(words.slice(0, repeated).join().length <= overlap + 1, "no more than the overlap is repeated");
      words.forEach((word, i) => assert.equal(word, words[0] + i));
      next = words.at(-1)! + 1;
    }
    assert.equal(next, number, "every word is there");
  }
});

Deno.test("overlap repeats the last sentences; 0 repeats nothing", () => {
  const text = Array.from({ length: 12 }, (_, i) => `This is sentence ${i}.`).join(" ");
  const [, second] = chunk(of(text), { size: 100, overlap: 25 });
  assert.match(second.text, /^This is sentence 4\. This is sentence 5\./);
  assert.match(chunk(of(text), { size: 100, overlap: 0 })[1].text, /^This is sentence 5\./);
});

Deno.test("scripts without spaces are cut, and count three times", () => {
  const chunks = chunk(of("蜜蜂跳舞。".repeat(40)), { size: 90, overlap: 0 });
  assert.ok(chunks.length > 5);
  for (const { text } of chunks) assert.ok(chunkLength(text) <= 90);
  assert.equal(chunks.map(({ text }) => text.replaceAll(" ", "")).join(""), "蜜蜂跳舞。".repeat(40));
});

Deno.test("sizes outside their domain are refused", () => {
  assert.throws(() => chunk(of("x"), { size: 10 }), /size must be an integer >= 50, found 10/);
  assert.throws(
    () => chunk(of("x"), { size: 100, overlap: 50 }),
    /overlap must be below half of size \(100\), found 50/,
  );
});
