import assert from "node:assert/strict";
import { printable } from "../../lib/core/mod.ts";

Deno.test("control sequences are escaped as in JSON; everything else stays", () => {
  const obeyed = [
    "\x1b[31m",
    "\x9b2J",
    "\r",
    "\b",
    "\x7f",
    "\x00",
    "\x85",
    "\u202e",
    "\u2066",
    "\u200f",
    "\u2028",
    "\ud800",
  ];
  for (const text of [...obeyed, "\u{e0041}"]) {
    const safe = printable(`a${text}z`);
    assert.match(safe, /^a(\\u[0-9a-f]{4}|[\x20-\x7e])+z$/, JSON.stringify(text));
    assert.equal(JSON.parse(`"${safe}"`), `a${text}z`);
  }
  for (const text of ["Tab\tand\nline", "Über 漢字 🙂 👩‍👩‍👧 עברית ไทย e\u0301", "\\u001b"]) {
    assert.equal(printable(text), text);
  }
  assert.equal(printable("a\tb\nc", { line: true }), "a\\u0009b\\u000ac");
});
