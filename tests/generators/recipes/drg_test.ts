import assert from "node:assert/strict";
import { generate } from "../../../lib/generators/generate.ts";
import { generationSummary } from "../../../lib/generators/generation_summary.ts";
import { madeUp } from "../collection.ts";
import { says, script, type Sent } from "../scripted.ts";

const QUICK = { model: "test", quiet: true, backoff: 5, ledger: ":memory:", concurrency: 1, maxReplies: 1 } as const;
const A = "The guild kept its catalogue in a locked chest, and every master signed it in the spring.";
const B = "Room numbers of the museum were painted over twice, so that old guides lead visitors astray.";

const said = ({ messages }: Sent) => messages.map(({ content }) => content).join("\n");

Deno.test("drg-query shows the query and no word of the positive; drg-passage shows both", async () => {
  for (const recipe of ["drg-query", "drg-passage"]) {
    await using server = script(() => says(JSON.stringify({ hard_negatives: [{ title: "A", text: A }] })));
    const table = await generate(madeUp(3), { ...QUICK, recipe, count: 1, baseURL: server.baseURL });
    assert.deepEqual([...table.column("recipe")], Array(3).fill(`${recipe}@1`));
    assert.deepEqual([...table.column("verdict")], Array(3).fill("kept"));
    for (const [i, body] of server.bodies.entries()) {
      assert.ok(said(body).includes(`"When was item ${i} made?"`));
      for (const part of [`in ${1500 + i}`, "guild", "it is kept in room"]) {
        assert.equal(said(body).includes(part), recipe === "drg-passage", `${recipe}: ${part}`);
      }
      assert.match(said(body), /Write 1 hard negatives/);
    }
  }
});

/** Replies of models, and the titles and texts that are kept of them. */
const REPLIES: Record<string, [reply: string, kept: [string, string][], outcome: string]> = {
  "as requested": [
    JSON.stringify({ hard_negatives: [{ title: "A", text: A }, { title: "B", text: B }] }),
    [["A", A], ["B", B]],
    "complete",
  ],
  "in a code fence, under other names": [
    `Sure!\n\`\`\`json\n{negatives: [{"heading": "A", "passage": "${A}"}, {"name": "B", "content": "${B}"},]}\n\`\`\``,
    [["A", A], ["B", B]],
    "complete",
  ],
  "one passage without a list, as the paper's single negative": [
    JSON.stringify({ hard_negative: { title: "A", text: A } }),
    [["A", A]],
    "partial",
  ],
  "texts alone": [JSON.stringify({ hard_negatives: [A, B] }), [["", A], ["", B]], "complete"],
  "more than asked for": [
    JSON.stringify({ hard_negatives: [A, B, `Some say that ${A}`].map((text) => ({ title: "", text })) }),
    [["", A], ["", B]],
    "complete",
  ],
  "twice the same": [
    JSON.stringify({ hard_negatives: [{ title: "A", text: A }, { title: "B", text: A }] }),
    [["A", A]],
    "partial",
  ],
  "the positive itself": [
    JSON.stringify({
      hard_negatives: [{
        title: "Item 0",
        text: "Item 0 of the catalogue was made in 1500 by the guild, and it is kept in room 0.",
      }],
    }),
    [],
    "unusable",
  ],
  "cut off": [
    `{"hard_negatives": [{"title": "A", "text": "${A}"}, {"title": "B", "text": "Room numb`,
    [["A", A]],
    "partial",
  ],
  "a refusal": ["I'm sorry, but I can't help with that.", [], "refused"],
};

for (const recipe of ["drg-query", "drg-passage"]) {
  for (const [name, [reply, kept, outcome]] of Object.entries(REPLIES)) {
    Deno.test(`${recipe} reads a reply: ${name}`, async () => {
      await using server = script(() => says(reply));
      const table = await generate(madeUp(1), { ...QUICK, recipe, baseURL: server.baseURL });
      const found = [...table.rows()].filter(({ verdict }) => verdict === "kept");
      assert.deepEqual(found.map(({ title, text }) => [title, text]), kept);
      assert.deepEqual(generationSummary(table)!.outcomes, { [outcome]: 1 });
    });
  }
}
