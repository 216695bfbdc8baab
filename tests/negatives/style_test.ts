import assert from "node:assert/strict";
import { FEATURES, style } from "../../lib/negatives/audit/style.ts";

Deno.test("style counts words and sentences in scripts without spaces", () => {
  const at = (name: string) => Object.values(FEATURES).flat().indexOf(name as never);
  const text = "咖啡豆在烘焙时会释放出香气，温度越高颜色越深。口感也越苦！真的吗？";
  const measured = style({ title: "咖啡", text });
  assert.equal(measured[at("sentences")], Math.log1p(3));
  assert.equal(measured[at(",")], 1 / text.length);
  assert.equal(measured[at(".")], 1 / text.length);
  assert.equal(measured[at("?")], 1 / text.length);
  assert.ok(measured[at("words")] > Math.log1p(10) && measured[at("sentence length")] > 3);
  assert.equal(measured[at("title words")], 1);
});
