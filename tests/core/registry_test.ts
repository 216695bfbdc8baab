import assert from "node:assert/strict";
import * as z from "zod";
import { ArgumentError } from "../../lib/core/errors.ts";
import { explain } from "../../lib/core/explain.ts";
import { parseOptions } from "../../lib/core/parse_options.ts";
import { registry } from "../../lib/core/registry.ts";

const OPTIONS = z.strictObject({
  depth: z.int().min(1).default(100),
  share: z.number().min(0).max(1).optional(),
  rate: z.number().positive().optional(),
  schedule: z.enum(["constant", "linear", "cosine"]).optional(),
  sources: z.array(z.string()).optional(),
  cut: z.int().min(4).nullable().optional(),
});

const cases: [unknown, string][] = [
  [{ deph: 3 }, 'mine has no option "deph": did you mean "depth"?'],
  [{ depth: 0 }, 'depth must be an integer >= 1, found 0 (field "depth")'],
  [{ depth: 0.5 }, 'depth must be an integer >= 1, found 0.5 (field "depth")'],
  [{ depth: NaN }, 'depth must be an integer >= 1, found NaN (field "depth")'],
  [{ depth: "3" }, 'depth must be an integer >= 1, found "3" (field "depth")'],
  [{ share: 2 }, 'share must be a number from 0 to 1, found 2 (field "share")'],
  [{ rate: 0 }, 'rate must be a number > 0, found 0 (field "rate")'],
  [{ schedule: "lineal" }, 'schedule is "lineal": did you mean "linear"? (field "schedule")'],
  [{ schedule: 3 }, 'schedule must be "constant", "linear" or "cosine", found 3 (field "schedule")'],
  [{ sources: "bm25" }, 'sources must be an array, found "bm25" (field "sources")'],
  [{ cut: 3 }, 'cut must be an integer >= 4 or null, found 3 (field "cut")'],
  [
    "bm25",
    'mine takes its options as one object, found "bm25"; it has depth, share, rate, schedule, sources, cut',
  ],
];

for (const [value, message] of cases) {
  Deno.test(`options ${JSON.stringify(value)} are refused with a message`, () => {
    assert.throws(() => parseOptions("mine", OPTIONS, value), (error: unknown) => {
      assert.ok(error instanceof ArgumentError);
      assert.equal(error.message, message);
      return true;
    });
  });
}

Deno.test("valid options get their defaults", () => {
  assert.deepEqual(parseOptions("mine", OPTIONS, {}), { depth: 100 });
});

Deno.test("errors name paths in objects, arrays and records; unknown keys get suggestions", () => {
  const schema = z.strictObject({ arms: z.array(z.strictObject({ mix: z.record(z.string(), z.number().min(0)) })) });
  const message = (value: unknown) => explain({ schema, value, error: schema.safeParse(value).error! });
  assert.equal(message({ arms: [{ mix: { bm25: -1 } }] }), "arms.0.mix.bm25 must be a number >= 0, found -1");
  assert.equal(message({ arms: [{ mixx: {}, mix: {} }] }), 'unknown key "arms.0.mixx": did you mean "mix"?');
  assert.equal(message({}), "arms must be an array, found nothing");
});

const squares = registry("shape", [{
  name: "square",
  about: "four equal sides",
  options: z.strictObject({ side: z.number().positive().default(1) }),
  make: ({ side }: { side: number }, times: number) => ({ area: side * side * times }),
}]);

Deno.test("a registry makes parts by name, with defaults and the kind's arguments", () => {
  assert.deepEqual(squares.names, ["square"]);
  assert.deepEqual(squares.make("square", {}, 3), { area: 3 });
  assert.deepEqual(squares.make("square", { side: 2 }, 1), { area: 4 });
});

Deno.test("a registry refuses unknown names, unknown options and values outside their domain", () => {
  assert.throws(() => squares.make("sqare", {}, 1), { message: 'Unknown shape "sqare": did you mean "square"?' });
  assert.throws(() => squares.make("square", { sid: 1 }, 1), {
    message: 'square has no option "sid": did you mean "side"?',
  });
  assert.throws(() => squares.make("square", { side: 0 }, 1), /side must be a number > 0, found 0/);
  assert.throws(() => registry("shape", [...squares.parts, ...squares.parts]), /Cannot register shape "square" twice/);
});
