import assert from "node:assert/strict";
import { loadCollection } from "../../../lib/collections/load_collection.ts";
import { generate } from "../../../lib/generators/generate.ts";
import { edit } from "../../../lib/generators/recipes/edit.ts";
import { passageText } from "../../../lib/collections/passage.ts";
import { random } from "../../../lib/core/random.ts";
import { serialize } from "../tables.ts";

Deno.test("every edit changes one place of the positive, by a named rule, and nothing else", async () => {
  const facets = await loadCollection("facets");
  const table = await generate(facets, { recipe: "edit", count: 4, seed: 3 });
  const positives = new Map([...facets.qrels.train.rows()].map(({ query_id, doc_id }) => [query_id, doc_id]));
  const texts = new Map([...facets.corpus.rows()].map(({ id, text }) => [id, text]));
  const rules: Record<string, number> = {};
  for (const row of table.rows()) {
    const { rule, from, to } = JSON.parse(row.attributes!);
    rules[rule] = (rules[rule] ?? 0) + 1;
    assert.deepEqual([row.source, row.recipe, row.writer, row.verdict], ["edit", "edit@1", null, "kept"]);
    assert.notEqual(from, to);
    const original = texts.get(positives.get(row.query_id)!)!;
    const places = Array.from({ length: original.length }, (_, at) => at).filter((at) => original.startsWith(from, at));
    const changed = places.map((at) => original.slice(0, at) + to + original.slice(at + from.length));
    assert.ok(changed.includes(row.text!), `${rule}: "${from}" to "${to}" does not explain the change`);
    assert.equal(row.reason, `edit ${rule}: "${from}" became "${to}"`);
    if (rule === "number" && /\d/.test(from)) assert.equal(to.replace(/\d/g, "0"), from.replace(/\d/g, "0"));
  }
  assert.deepEqual(Object.keys(rules).sort(), ["condition", "entity", "negation", "number"]);
  for (const count of Object.values(rules)) assert.ok(count > 100, JSON.stringify(rules));
  assert.deepEqual(
    await serialize(await generate(facets, { recipe: "edit", count: 4, seed: 3 })),
    await serialize(table),
  );
  assert.notDeepEqual(
    await serialize(await generate(facets, { recipe: "edit", count: 4, seed: 4 })),
    await serialize(table),
  );
});

Deno.test("a reach limits the place of an edit, title included", async () => {
  const facets = await loadCollection("facets");
  const reach = 200;
  const table = await generate(facets, { recipe: "edit", seed: 3, reach });
  assert.ok(table.length > 1000 && table.length < 1632, `${table.length}`);
  const positives = new Map([...facets.qrels.train.rows()].map(({ query_id, doc_id }) => [query_id, doc_id]));
  const passages = new Map([...facets.corpus.rows()].map((row) => [row.id, passageText(row)]));
  for (const row of table.rows()) {
    if (row.text === null) continue;
    const [edited, original] = [
      passageText({ title: row.title!, text: row.text }),
      passages.get(positives.get(row.query_id)!)!,
    ];
    const { from, to } = JSON.parse(row.attributes!);
    const behind = original.slice(reach);
    assert.ok(edited.endsWith(behind) && edited.length - to.length === original.length - from.length, row.query_id);
  }
  await assert.rejects(generate(facets, { recipe: "edit", reach: 0 }), /reach must be a number > 0, found 0/);
});

Deno.test("negations and conditions are added and removed; the sentence nearest to the query is edited", () => {
  const write = (text: string, query = "") =>
    edit.write({ queryId: "q", query, positiveId: "d", positive: { title: "", text } }, {
      count: 4,
      random: random(1),
      names: ["Rome", "Oslo", "New York"],
      reach: Infinity,
    }).map((item) => item.text).sort();
  assert.deepEqual(write("Lead is toxic."), ["Lead is not toxic."]);
  assert.deepEqual(write("Lead is not toxic."), ["Lead is toxic."]);
  assert.deepEqual(write("It cannot swim."), ["It can swim."]);
  assert.deepEqual(write("Add salt before eggs."), ["Add salt after eggs."]);
  const turned = ["With it, rain falls.", "Without it, rain rises."];
  assert.ok(write("Without it, rain falls.").every((text) => turned.includes(text)));
  assert.deepEqual(write("It rains."), []);
  assert.ok(/Rome|Oslo/.test(write("He went to Paris.")[0]));
  const both = "Cats eat 5 mice. Dogs chase 7 rabbits.";
  assert.match(write(both, "How many rabbits do dogs chase?")[0], /^Cats eat 5 mice\. Dogs chase [^7] rabbits/);
});
