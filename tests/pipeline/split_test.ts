import assert from "node:assert/strict";
import { random } from "../../mod.ts";
import { leakage, splitDocuments } from "../../lib/pipeline/mod.ts";

const words = "river stone light paper metal garden winter engine signal market kitchen harbour".split(" ");
const stream = random("split");
const text = () => Array.from({ length: 80 }, () => words[stream.integer(words.length)]).join(" ");

Deno.test("near-duplicates share a split, whatever the seed, also through a third", () => {
  const documents = Array.from({ length: 40 }, (_, i) => ({ id: `d${i}`, title: "", text: text() }));
  // Each of these differs from the one before by some words; the first and the last differ much.
  const chain = [documents[3].text];
  for (let i = 0; i < 4; i++) {
    chain.push(chain.at(-1)!.split(" ").map((word, at) => at % 40 === 5 * i ? `new${i}` : word).join(" "));
  }
  chain.forEach((text, i) => documents.push({ id: `copy${i}`, title: "", text }));
  for (let seed = 0; seed < 20; seed++) {
    const splits = splitDocuments(documents, { seed });
    const of = new Map(splits.map((one) => [one.id, one]));
    for (let i = 0; i < 5; i++) {
      assert.equal(of.get(`copy${i}`)!.split, of.get("d3")!.split);
      assert.equal(of.get(`copy${i}`)!.group, of.get("d3")!.group);
    }
    const count = (split: string) => splits.filter((one) => one.split === split).length;
    assert.ok(count("test") >= 8 && count("test") <= 11, `${count("test")} of 45 for the test`);
    assert.ok(count("dev") >= 3 && count("dev") <= 5);
    assert.equal(new Set(splits.map(({ group }) => group)).size, 40);
  }
  const apart = splitDocuments(documents, { threshold: 1 });
  assert.equal(new Set(apart.map(({ group }) => group)).size, 44, "only the whole copy is grouped");
});

Deno.test("the seed decides the split; shares do, too", () => {
  const documents = Array.from({ length: 40 }, (_, i) => ({ id: `d${i}`, title: "", text: text() }));
  const test = (options: object) =>
    splitDocuments(documents, options).filter(({ split }) => split === "test").map(({ id }) => id);
  assert.deepEqual(test({ seed: 1 }), test({ seed: 1 }));
  assert.notDeepEqual(test({ seed: 1 }), test({ seed: 2 }));
  assert.equal(test({ test: 0.5 }).length, 20);
});

Deno.test("three documents have a split each; fewer, or copies of one, are refused", () => {
  const documents = Array.from({ length: 3 }, (_, i) => ({ id: `d${i}`, title: "", text: text() }));
  assert.deepEqual(splitDocuments(documents).map(({ split }) => split).sort(), ["dev", "test", "train"]);
  const copies = Array.from({ length: 9 }, (_, i) => ({ id: `d${i}`, title: "", text: documents[0].text }));
  assert.throws(() => splitDocuments(copies), /Cannot split 9 documents: at least 3 that differ are wanted, found 1/);
  assert.throws(() => splitDocuments(documents, { test: 2 }), /test must be/);
});

Deno.test("leakage finds passages and queries of the test in training data and prompts, and nothing else", () => {
  const [own, other] = [text(), text()];
  const near = own.split(" ").with(3, "other").join(" ");
  const held = {
    passages: new Map([["own", own], ["other", other]]),
    queries: new Map([["q1", "Where is the stone bridge?"], ["q2", "bridge"], ["q3", "why do rivers freeze over"]]),
  };
  const found = leakage({
    held,
    used: {
      training: [near, "where is the STONE bridge", "another text"],
      prompts: [`Look: ${other}. Why do rivers freeze over? bridge`],
    },
  });
  assert.deepEqual(found, {
    passagesInTraining: ["own"],
    passagesInPrompts: ["other"],
    queriesInTraining: ["q1"],
    queriesInPrompts: ["q3"],
  });
  const none = leakage({ held, used: { training: [text()], prompts: [text()] } });
  assert.deepEqual(Object.values(none).flat(), []);
});
