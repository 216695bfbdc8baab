import assert from "node:assert/strict";
import { percentCell, textTable } from "../../lib/core/text_table.ts";

Deno.test("numbers are aligned to the right, text to the left, without spaces at the ends of lines", () => {
  const rows = [["margin", 12, ""], ["rank", 3, 0.5]];
  assert.equal(
    textTable(["rule", "dropped", "%"], rows),
    ["rule    dropped    %", "margin       12", "rank          3  0.5"].join("\n"),
  );
});

Deno.test("alignment by letters, and none for a table without rows", () => {
  assert.equal(textTable(["a", "bb"], [["xx", "y"]], { align: "rl" }), " a  bb\nxx  y");
  assert.equal(textTable(["a", "bb"], [["xx", 1]], { align: "" }), "a   bb\nxx  1");
  assert.equal(textTable(["a", "b"], []), "a  b");
});

Deno.test("a character of two terminal columns counts twice", () => {
  assert.equal(textTable(["t", "n"], [["地铁", 1], ["abcde", 2]]), "t      n\n地铁   1\nabcde  2");
});

Deno.test("a share in percent", () => {
  assert.equal(percentCell(0.12345), 12.3);
  assert.equal(percentCell(0 / 0), "");
});
