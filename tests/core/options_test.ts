import assert from "node:assert/strict";
import { checkArgument, checkOptions, type OptionKinds } from "../../lib/core/options.ts";

interface Options {
  depth?: number;
  seed?: number | string;
  range?: readonly number[];
  loss?: () => void;
  signal?: AbortSignal;
}
const KINDS: OptionKinds<Options> = {
  depth: "number",
  seed: "number|string",
  range: "array",
  loss: "function",
  signal: "object",
};
const check = (options: unknown) => checkOptions<Options>("mine", options as Options, KINDS);

Deno.test("known options of the right kind pass", () => {
  check({ depth: 3, seed: "a", range: [1, 2], loss: () => {}, signal: undefined });
});

const REFUSED: readonly (readonly [unknown, RegExp])[] = [
  [{ deph: 3 }, /^ArgumentError: mine has no option "deph": did you mean "depth"\?$/],
  [{ depth: "3" }, /depth must be a number, found "3"/],
  [{ loss: "infoNCE" }, /loss must be a function, found "infoNCE"/],
  [{ seed: [1] }, /seed must be a number or a string, found an array/],
  [{ signal: null }, /signal must be an object, found null/],
  [undefined, /mine takes its options as one object, found undefined; it has depth, seed, range, loss, signal/],
  ["bm25", /mine takes its options as one object, found "bm25"/],
];
for (const [options, message] of REFUSED) {
  Deno.test(`refused: ${JSON.stringify(options)}`, () => assert.throws(() => check(options), message));
}

Deno.test("wrong arguments are described, promises in particular", () => {
  const wanted = { what: "collection", has: "corpus", from: "loadCollection" };
  checkArgument("mine", { corpus: 1 }, wanted);
  const refused: readonly (readonly [unknown, RegExp])[] = [
    [Promise.resolve(), /mine needs a collection, found a Promise: write "await" before loadCollection\(…\)/],
    ["facets", /mine needs a collection \(loadCollection makes one\), found "facets"/],
    [undefined, /found undefined/],
    [{}, /found an object/],
  ];
  for (const [value, message] of refused) assert.throws(() => checkArgument("mine", value, wanted), message);
});
