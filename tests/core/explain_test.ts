import assert from "node:assert/strict";
import * as z from "zod";
import { explain } from "../../lib/core/explain.ts";

function message(schema: z.ZodType, value: unknown, root?: string): string {
  const { error } = schema.safeParse(value);
  assert.ok(error);
  return explain({ schema, value, error }, root);
}

const CASES: [schema: z.ZodType, value: unknown, message: string][] = [
  [
    z.object({ key: z.string().regex(/^[0-9a-f]+$/) }),
    { key: "x" },
    'key must be a string like /^[0-9a-f]+$/, found "x"',
  ],
  [z.object({ key: z.string().describe("2 hex digits") }), { key: 7 }, "key must be 2 hex digits, found 7"],
  [z.object({ n: z.union([z.string(), z.int()]) }), { n: true }, "n must be a string or an integer, found true"],
  [z.object({ a: z.array(z.number()) }), { a: [1, "2"] }, 'a.1 must be a number, found "2"'],
  [z.object({ n: z.int() }).transform(({ n }) => n), { n: 0.5 }, "n must be an integer, found 0.5"],
  [z.number(), "1", 'the value must be a number, found "1"'],
];

for (const [schema, value, wanted] of CASES) {
  Deno.test(`${JSON.stringify(value)}: ${wanted}`, () => assert.equal(message(schema, value), wanted));
}

Deno.test("paths start at the root", () => {
  assert.equal(message(z.object({ n: z.int() }), {}, "header"), "header.n must be an integer, found nothing");
});

Deno.test("five faults are listed, the rest counted", () => {
  const shape = Object.fromEntries([..."abcdefg"].map((name) => [name, z.int()]));
  const found = message(z.object(shape), {});
  assert.equal(found.split("; ").length, 6);
  assert.match(found, /; e must be an integer, found nothing; and 2 more$/);
});
