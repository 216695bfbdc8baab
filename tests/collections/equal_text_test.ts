import assert from "node:assert/strict";
import { equalText } from "../../lib/collections/mod.ts";

const SAME = [
  ["The answer.", "the  answer"],
  ["“Quoted” text", '"quoted" text'],
  ["range 2-3", "range 2–3"],
  ["caf\u00e9", "cafe\u0301"],
  ["ｆｕｌｌ width", "full width"],
  ["地铁很快。", "地铁很快"],
  ["so\u00adft", "soft"],
] as const;
const DIFFERENT = [["C++", "C"], ["C#", "C"], ["5 %", "5"], ["-3 degrees", "3 degrees"], ["35", "3.5"], ["?", "!"], [
  "it was",
  "it was not",
]] as const;

for (const [a, b] of SAME) Deno.test(`the same text: ${a} | ${b}`, () => assert.ok(equalText(a, b)));
for (const [a, b] of DIFFERENT) Deno.test(`different texts: ${a} | ${b}`, () => assert.ok(!equalText(a, b)));
