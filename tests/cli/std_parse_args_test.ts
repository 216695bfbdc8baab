import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { parseArgs, type ParseOptions } from "@std/cli/parse-args";

const ROOT = resolve(import.meta.dirname!, "..", "..");

/** Behavior that the documentation of @std/cli states, one line each. */
const CASES: [about: string, args: string[], options: ParseOptions, found: Record<string, unknown>][] = [
  ["positional arguments; numbers become numbers", ["a", "7", "-"], {}, { _: ["a", 7, "-"] }],
  ["_ as a string keeps them texts", ["007"], { string: "_" }, { _: ["007"] }],
  ["a long option with =", ["--name=x=y"], {}, { name: "x=y", _: [] }],
  ["a long option with the next argument", ["--name", "x", "y"], {}, { name: "x", _: ["y"] }],
  ["a long option without a value is true", ["--name"], {}, { name: true, _: [] }],
  ["nor does it take an option for its value", ["--name", "--other"], {}, { name: true, other: true, _: [] }],
  ["numbers: signs, exponents, hexadecimal", ["--a=-0.5", "--b=1e3", "--c=0x1F", "--d=1x"], {}, {
    ...{ a: -0.5, b: 1000, c: 31, d: "1x", _: [] },
  }],
  ["a string stays one", ["--id", "0042", "-x", "1e3"], { string: ["id", "x"] }, { id: "0042", x: "1e3", _: [] }],
  ["a string without a value is empty", ["--id"], { string: "id" }, { id: "", _: [] }],
  ["a string may hold line breaks", ["--id=a\nb"], { string: "id" }, { id: "a\nb", _: [] }],
  ["a string that is not given is absent", [], { string: "id" }, { _: [] }],
  ["a flag takes no value, and is false by default", ["--on", "x"], { boolean: ["on", "off"] }, {
    ...{ on: true, off: false, _: ["x"] },
  }],
  ["but the words true and false", ["--a", "false", "--b", "true", "c"], { boolean: ["a", "b"] }, {
    ...{ a: false, b: true, _: ["c"] },
  }],
  ["a flag with =", ["--a=false", "--b=true"], { boolean: ["a", "b"] }, { a: false, b: true, _: [] }],
  ["boolean: true makes every bare long option a flag", ["--a", "x", "--b=y", "-c", "z"], { boolean: true }, {
    ...{ a: true, b: "y", c: "z", _: ["x"] },
  }],
  ["the last value counts", ["--a", "1", "--a", "2"], {}, { a: 2, _: [] }],
  ["a collected option keeps all", ["--a", "1", "--a=2"], { collect: "a" }, { a: [1, 2], _: [] }],
  ["a collected string", ["--a", "1"], { collect: ["a", "b"], string: ["a", "b"] }, { a: ["1"], b: [], _: [] }],
  ["--no- negates what is negatable", ["--no-a", "--no-b"], { negatable: "a" }, { a: false, "no-b": true, _: [] }],
  ["the later of --a and --no-a counts", ["--no-a", "--a"], { boolean: "a", negatable: "a" }, { a: true, _: [] }],
  ["--no- ends a collection", ["--a=1", "--no-a"], { collect: "a", negatable: "a" }, { a: false, _: [] }],
  ["defaults", ["--a=1"], { default: { a: 2, b: 3, c: null } }, { a: 1, b: 3, c: null, _: [] }],
  ["aliases share values", ["-n", "x"], { alias: { name: "n" }, string: "name" }, { name: "x", n: "x", _: [] }],
  ["several aliases, with a default", [], { alias: { a: ["b", "c"] }, default: { a: 1 } }, { a: 1, b: 1, c: 1, _: [] }],
  ["the alias of a flag is a flag", ["-v", "x"], { alias: { v: "verbose" }, boolean: "verbose" }, {
    ...{ v: true, verbose: true, _: ["x"] },
  }],
  ["a group of short options", ["-abc", "x"], {}, { a: true, b: true, c: "x", _: [] }],
  ["a number behind a short option", ["-n5", "-m", "-7"], {}, { n: 5, m: true, 7: true, _: [] }],
  ["= and paths behind short options", ["-a=b", "-xI/usr/lib"], {}, { a: "b", x: true, I: "/usr/lib", _: [] }],
  ["a hyphen as a value", ["-n", "-", "-f-"], {}, { n: "-", f: "-", _: [] }],
  ["dotted names nest", ["--a.b", "1", "--a.c.d=x"], {}, { a: { b: 1, c: { d: "x" } }, _: [] }],
  ["dotted defaults and flags nest", [], { default: { "a.b": 1 }, boolean: "a.c" }, { a: { b: 1, c: false }, _: [] }],
  ["-- ends the options", ["--a", "--", "--b", "7"], {}, { a: true, _: ["--b", "7"] }],
  ["-- into its own list", ["x", "--", "--b"], { "--": true }, { _: ["x"], "--": ["--b"] }],
  ["stopEarly", ["--a", "1", "x", "--b"], { stopEarly: true }, { a: 1, _: ["x", "--b"] }],
  ["names of Object.prototype are names", ["--toString", "--valueOf=x"], {}, { toString: true, valueOf: "x", _: [] }],
];

for (const [about, args, options, found] of CASES) {
  Deno.test(`parseArgs: ${about}`, () => assert.deepEqual({ ...parseArgs(args, options) }, found));
}

Deno.test("parseArgs calls unknown for undeclared arguments and drops them on false", () => {
  const asked: unknown[][] = [];
  const found = parseArgs(["--known", "1", "--odd", "2", "x", "-o"], {
    string: "known",
    unknown: (...token) => {
      asked.push(token);
      return false;
    },
  });
  assert.deepEqual({ ...found }, { known: "1", _: [] });
  assert.deepEqual(asked.map((token) => token.filter((part) => part !== undefined)), [
    ["--odd", "odd", "2"],
    ["x"],
    ["-o", "o", true],
  ]);
});

Deno.test("parseArgs pollutes no prototype", () => {
  parseArgs(["--__proto__.polluted", "1", "--constructor.prototype.polluted=1"]);
  assert.equal(({} as Record<string, unknown>).polluted, undefined);
});

Deno.test("parseArgs types the values of declared options", () => {
  const found = parseArgs(["--on", "--id", "7"], {
    boolean: ["on"],
    string: ["id", "name"],
    collect: ["name"],
    default: { level: 1 },
  });
  const typed: { on: boolean; id?: string; name: string[]; _: (string | number)[] } = found;
  assert.deepEqual({ ...typed }, { on: true, id: "7", name: [], level: 1, _: [] });
  const anything: number = parseArgs(["--depth", "3"]).depth;
  assert.equal(anything, 3);
});

Deno.test("one line of deno.json selects the stand-in or the original, and both are declared", async () => {
  const { imports, links } = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json")));
  assert.equal(imports["@std/cli/parse-args"], "jsr:@std/cli@^1/parse-args");
  assert.deepEqual(links, ["./lib/cli/std_cli"]);
  const { name, version, exports } = JSON.parse(
    await Deno.readTextFile(join(ROOT, "lib", "cli", "std_cli", "deno.json")),
  );
  assert.deepEqual([name, version.split(".")[0], Object.keys(exports)], ["@std/cli", "1", ["./parse-args"]]);
});

Deno.test("JSR's @std/cli equals the stand-in, if JSR is reachable", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const cases = CASES.map(([, args, options]) => [args, options]);
    await Deno.writeTextFile(join(folder, "deno.json"), "{}");
    await Deno.writeTextFile(
      join(folder, "original.ts"),
      `import { parseArgs } from "jsr:@std/cli@^1/parse-args";
for (const [args, options] of ${JSON.stringify(cases)}) console.log(JSON.stringify(parseArgs(args, options)));`,
    );
    const command = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-check", "original.ts"],
      cwd: folder,
      env: { NO_COLOR: "1" },
      signal: AbortSignal.timeout(20_000),
    });
    const { success, stdout, stderr } = await command.output();
    if (!success) {
      console.log(`skipped: JSR does not answer (${new TextDecoder().decode(stderr).trim().split("\n")[0]})`);
      return;
    }
    const found = new TextDecoder().decode(stdout).trim().split("\n");
    CASES.forEach(([about, , , expected], i) => assert.deepEqual(JSON.parse(found[i]), expected, about));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
