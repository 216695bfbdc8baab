import assert from "node:assert/strict";
import { words } from "../../lib/core/mod.ts";

const CASES: readonly (readonly [string, string])[] = [
  ["The quick, brown fox.", "the|quick|brown|fox"],
  ["don't — 3.5 %", "don|t|3|5"],
  ["地铁很快", "地铁|很快"],
  ["東京タワーは高い。Tokyo Tower", "東京タワー|は|高い|tokyo|tower"],
  ["สวัสดีครับ", "สวัสดี|ครับ"],
  ["नमस्ते दुनिया", "नमस्ते|दुनिया"],
  ["so\u00adft zero\u200bwidth", "soft|zerowidth"],
  ["Cafe\u0301 Ｆｕｌｌ", "café|full"],
  ["", ""],
];

for (const [text, wanted] of CASES) {
  Deno.test(`words of ${JSON.stringify(text)}`, () => assert.equal(words(text).join("|"), wanted));
}
