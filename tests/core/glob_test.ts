import assert from "node:assert/strict";
import { matchesGlob } from "../../lib/core/glob.ts";

Deno.test("a star matches any run of characters, everything else only itself", () => {
  const cases: [text: string, pattern: string, matches: boolean][] = [
    ["layer.0.weight", "layer.*", true],
    ["layer.", "layer.*", true],
    ["my.layer.0", "layer.*", false],
    ["layerX0", "layer.0", false],
    ["onnx/model.onnx", "*.onnx", true],
    ["model.onnx.bak", "*.onnx", false],
    ["a(b)[c]{d}^$|\\+?", "a(b)[c]{d}^$|\\+?", true],
    ["ab", "a*b*", true],
    ["a\nb", "a*b", true],
    ["", "*", true],
    ["x", "", false],
  ];
  for (const [text, pattern, matches] of cases) {
    assert.equal(matchesGlob(text, pattern), matches, `${JSON.stringify(text)} and ${pattern}`);
  }
});
