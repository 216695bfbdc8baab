import assert from "node:assert/strict";
import { resolve } from "node:path";
import { type Collection, loadCollection, mine } from "../mod.ts";

interface Type {
  readonly kind: string;
  readonly repr?: string;
  readonly value?: { readonly typeName?: string };
}
interface Parameter {
  readonly kind: string;
  readonly tsType?: Type;
  readonly left?: Parameter;
}
interface Declared {
  readonly kind: string;
  readonly def: { readonly params: readonly Parameter[]; readonly isGenerator?: boolean };
}

/** Functions whose last argument is an object of another kind: a passage, the parts of a graph's operation … */
const NO_OPTIONS = new Set(["checkOptions", "writeAtomic", "exportLedger", "writeSafetensors"]);
/** The inside of the trainer and the client, which the redesigned face will not show. */
const INTERNAL = new Set([
  ...[
    "makeBatch",
    "compileStep",
    "filterContext",
    "batchLines",
    "runBatches",
    "searchVectorBlocks",
    "drawAttributes",
    "lockFile",
  ],
  ...[
    "takeBatch",
    "planRequests",
    "encodeToCompare",
    "positiveReason",
    "withNumbers",
    "correctedContrast",
    "loadConfig",
  ],
]);

/** An argument that is whatever is asked of it, so that the options are what is wrong. */
const anything: object = new Proxy(() => anything, {
  has: () => true,
  get: (_, key) => key === "then" ? undefined : key === Symbol.iterator ? [][Symbol.iterator] : anything,
});

/** The faces of the package, of its namespaces, and of the rooms that the package's face picks from. */
const { exports } = JSON.parse(await Deno.readTextFile("deno.json")) as { exports: Record<string, string> };
const ROOMS = [
  "core",
  "files",
  "hub",
  "trec",
  "collections",
  "encoders",
  "retrieval",
  "generators",
  "training",
  "evaluation",
];
const NAMESPACES = ["negatives/sampling", "negatives/filters"];
const faces = [...Object.values(exports), ...[...ROOMS, ...NAMESPACES].map((name) => `./lib/${name}/mod.ts`)];

const symbols = new Map<string, { face: string; declarations: Declared[] }>();
for (const face of faces) {
  const doc = await new Deno.Command(Deno.execPath(), { args: ["doc", "--json", face], stderr: "null" }).output();
  const { nodes } = JSON.parse(new TextDecoder().decode(doc.stdout)) as {
    nodes: Record<string, { symbols: { name: string; declarations: Declared[] }[] }>;
  };
  for (const { symbols: found } of Object.values(nodes)) {
    for (const { name, declarations } of found) if (!symbols.has(name)) symbols.set(name, { face, declarations });
  }
}

let tested = 0;
for (const [name, { face, declarations }] of symbols) {
  const found = declarations.find(({ kind }) => kind === "function");
  const last = found?.def.params.at(-1);
  const type = (last?.left ?? last)?.tsType;
  // Options are an interface of that name, or written out in place.
  const options = type?.value?.typeName ?? (/intersection|typeLiteral/.test(type?.kind ?? "") ? "Options" : "");
  if (!found || !/Options$/.test(options) || NO_OPTIONS.has(name) || INTERNAL.has(name)) continue;
  tested++;
  Deno.test(`${name} refuses unknown options with a suggestion, and options of another kind`, async () => {
    const call = async (given: unknown) => {
      const args = [...Array(found.def.params.length - 1).fill(anything), given];
      const module: Record<string, (...args: unknown[]) => unknown> = await import(
        new URL(resolve(face), "file:///").href
      );
      const result = module[name](...args);
      await (found.def.isGenerator ? (result as AsyncGenerator).next() : result);
    };
    await assert.rejects(call({ nonsenseOption: 1 }), /has no option "nonsenseOption": (did you mean|known: )/);
    await assert.rejects(call("bm25"), /takes its options as one object, found "bm25"/);
  });
}

Deno.test("functions with options are found", () => assert.ok(tested > 70, `${tested}`));

Deno.test("a promise without await is named", async () => {
  const facets = loadCollection("facets");
  await assert.rejects(
    mine(facets as unknown as Collection, { source: "bm25" }),
    /mine needs a collection, found a Promise: write "await" before loadCollection/,
  );
  await facets;
});
