import assert from "node:assert/strict";
import { KitError } from "../../lib/core/errors.ts";
import { command, parse } from "../../lib/cli/arguments.ts";
import { help } from "../../lib/cli/help.ts";
import { runCommand } from "../../lib/cli/run_command.ts";

const sample = command({
  name: "sample",
  about: "Does something.",
  positionals: [{ name: "file", about: "what to read" }, { name: "other?", about: "more" }],
  options: {
    depth: { type: "integer", about: "how deep", default: 10 },
    rate: { type: "number", about: "how fast" },
    kind: { type: "text", about: "which", choices: ["static", "transformer"] },
    set: { type: "list", about: "settings" },
    quiet: { type: "flag", about: "say nothing" },
    out: { type: "text", about: "file to write", formerly: "output" },
  },
  examples: ["sample a.txt --depth 3"],
  run: ({ positionals }) => {
    if (positionals[0] === "declared") throw new KitError("Cannot read", { file: "a.txt", line: 3 });
    if (positionals[0] === "folder") Deno.mkdirSync("no-such-folder/inner");
    if (positionals[0] === "fault") throw new TypeError("a fault of the kit");
    return Promise.resolve(positionals[0] === "three" ? 3 : undefined);
  },
});

Deno.test("options are typed, have defaults, and lists repeat", () => {
  const { positionals, options } = parse(sample, ["f", "--depth=3", "--set", "a=1", "--set", "b=2", "--quiet"]);
  assert.deepEqual(positionals, ["f"]);
  assert.deepEqual(options, {
    depth: 3,
    rate: undefined,
    kind: undefined,
    set: ["a=1", "b=2"],
    quiet: true,
    out: undefined,
  });
  assert.deepEqual(parse(sample, ["f", "g", "--rate", "-0.5"]).options.rate, -0.5);
  assert.equal(parse(sample, ["f"]).options.depth, 10);
});

Deno.test("a value may be empty, begin with a hyphen, or look like an option", () => {
  assert.equal(parse(sample, ["f", "--out", ""]).options.out, "");
  assert.equal(parse(sample, ["f", "--out="]).options.out, "");
  assert.deepEqual(parse(sample, ["f", "--set", "-1", "--set", "--x=y"]).options.set, ["-1", "--x=y"]);
  assert.deepEqual(parse(sample, ["--quiet", "true"]).positionals, ["true"]);
  assert.deepEqual(parse(sample, ["007", "--", "--quiet"]).positionals, ["007", "--quiet"]);
});

Deno.test("a former spelling works and leaves a note", () => {
  const { options, notes } = parse(sample, ["f", "--output", "x.arrow"]);
  assert.equal(options.out, "x.arrow");
  assert.deepEqual(notes, ["--output is now --out; the former spelling will be removed"]);
  assert.deepEqual(parse(sample, ["f", "--out", "x.arrow"]).notes, []);
});

const WRONG: [string[], RegExp][] = [
  [[], /Missing argument <file>/],
  [["a", "b", "c"], /Unexpected argument "c"/],
  [["a", "--dept", "3"], /Unknown option --dept: did you mean "depth"/],
  [["a", "--depth"], /Option --depth needs a value/],
  [["a", "--depth", "1.5"], /--depth needs an integer, found "1\.5"/],
  [["a", "--depth", "many"], /--depth needs an integer, found "many"/],
  [["a", "--rate", ""], /--rate needs a number, found ""/],
  [["a", "--kind", "statik"], /Unknown value "statik" of --kind: did you mean "static"\?/],
  [["a", "--depth", "--quiet"], /Option --depth needs a value/],
  [["a", "-x"], /Unknown option -x/],
  [["a", "--quiet=yes"], /Option --quiet takes no value/],
];
for (const [args, message] of WRONG) {
  Deno.test(`arguments "${args.join(" ")}" are refused`, () => {
    assert.throws(() => parse(sample, args), { name: "ArgumentError", message });
  });
}

Deno.test("the help names every argument, option, choice, default and example in 80 columns", () => {
  const text = help(sample);
  for (
    const word of [
      "<file> [other]",
      "--depth <integer>",
      "[default: 10]",
      "(static, transformer)",
      "--quiet",
      "sample a.txt",
    ]
  ) {
    assert.ok(text.includes(word), `${word} is not in\n${text}`);
  }
  assert.ok(text.split("\n").every((line) => line.length <= 80));
});

Deno.test("exit codes: 0 success, the command's own, 1 declared error, 2 wrong arguments; bugs are not caught", async () => {
  const said: string[] = [];
  const { error, log } = console;
  console.error = console.log = (line: string) => void said.push(line);
  try {
    assert.equal(await runCommand(sample, ["f"]), 0);
    assert.equal(await runCommand(sample, ["three"]), 3);
    assert.equal(await runCommand(sample, ["--help"]), 0);
    assert.equal(await runCommand(sample, ["declared"]), 1);
    assert.equal(said.at(-1), "sample: Cannot read (a.txt:3)");
    assert.equal(await runCommand(sample, ["f", "--dept"]), 2);
    assert.equal(said.at(-1), "See: deno task sample --help");
    assert.equal(await runCommand(sample, ["folder"]), 1);
    assert.match(said.at(-1)!, /^sample: No such file or directory .*no-such-folder/);
    await assert.rejects(runCommand(sample, ["fault"]), TypeError);
  } finally {
    console.error = error;
    console.log = log;
  }
});
