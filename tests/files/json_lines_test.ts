import assert from "node:assert/strict";
import { join } from "node:path";
import * as z from "zod";
import { KitError } from "../../lib/core/errors.ts";
import { jsonLines, readJsonLines } from "../../lib/files/json_lines.ts";

const schema = z.strictObject({ id: z.string(), count: z.int().min(1).default(1) });
const parse = (text: string) => [...jsonLines(text, { schema, what: "an entry", file: "x.jsonl" })];

Deno.test("every line is a value of the schema; blank lines are skipped", () => {
  assert.deepEqual(parse('{"id":"a"}\r\n\n  \n{"id":"b","count":2}'), [{ id: "a", count: 1 }, { id: "b", count: 2 }]);
  assert.deepEqual(parse(""), []);
});

Deno.test("a bad line is an error with file, line, what was found and what is expected", () => {
  const cases: [line: string, message: string | RegExp][] = [
    ['{"id":"a","count":0}', "Cannot read an entry: count must be an integer >= 1, found 0 (x.jsonl:2)"],
    ["{}", "Cannot read an entry: id must be a string, found nothing (x.jsonl:2)"],
    ['{"id":"a","cuont":1}', 'Cannot read an entry: unknown key "cuont": did you mean "count"? (x.jsonl:2)'],
    ["[]", "Cannot read an entry: the value must be an object, found an array (x.jsonl:2)"],
    ["{oops", /^Cannot read an entry: .*JSON.*\(x\.jsonl:2\)$/],
  ];
  for (const [line, message] of cases) {
    assert.throws(() => parse(`\n${line}\n`), (error: KitError) => {
      if (typeof message === "string") assert.equal(error.message, message);
      else assert.match(error.message, message);
      return error instanceof KitError && error.place.line === 2;
    });
  }
});

Deno.test("a file is read whole, even a compressed one", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "x.jsonl.gz");
    const packed = new Blob(['{"id":"a"}\n']).stream().pipeThrough(new CompressionStream("gzip"));
    await Deno.writeFile(path, packed);
    assert.deepEqual(await readJsonLines(path, { schema, what: "an entry" }), [{ id: "a", count: 1 }]);
    await assert.rejects(readJsonLines(join(folder, "none"), { schema, what: "an entry" }), KitError);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
