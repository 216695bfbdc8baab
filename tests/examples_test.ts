import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const LIB = resolve(import.meta.dirname!, "..", "lib");

/** An example of a doc comment. */
interface Example {
  /** File and line. */
  readonly at: string;
  readonly code: string;
  /** What each `console.log` prints, by the comment after it; undefined without a comment. */
  readonly prints: readonly (string | undefined)[];
}

/** The examples of a file. */
function examplesOf(path: string): Example[] {
  const text = Deno.readTextFileSync(path);
  return [...text.matchAll(/^ *\* ```ts\n((?: *\*.*\n)*?) *\* ```$/gm)].map((match) => {
    const code = match[1].replaceAll(/^ *\* ?/gm, "");
    const prints = code.split("\n").filter((line) => line.includes("console.log("))
      .map((line) => /\); \/\/ (.*)$/.exec(line)?.[1]);
    return { at: `${path}:${text.slice(0, match.index).split("\n").length}`, code, prints };
  });
}

function* files(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    const path = join(folder, name);
    if (isDirectory) yield* files(path);
    else if (name.endsWith(".ts")) yield path;
  }
}

/** What an example prints, one text for each call. */
async function printed({ code, at }: Example): Promise<string[]> {
  // The module has no place in the tree, so its relative paths become absolute.
  const here = pathToFileURL(at);
  const source = code.replaceAll(/(from )"(\.[^"]*)"/g, (_, from, path) => `${from}"${new URL(path, here)}"`)
    .replaceAll("import.meta.url", JSON.stringify(here));
  const { log } = console;
  const calls: string[] = [];
  console.log = (...parts: unknown[]) =>
    calls.push(parts.map((part) => typeof part === "string" ? part : Deno.inspect(part, { colors: false })).join(" "));
  try {
    await import(`data:application/typescript,${encodeURIComponent(source)}`);
  } finally {
    console.log = log;
  }
  return calls;
}

/** A text without white space, which may differ. */
const dense = (text: string) => text.replaceAll(/\s+/g, "");

let found = 0;
for (const path of files(LIB)) {
  const checked = examplesOf(path).filter(({ prints }) => prints.some((comment) => comment !== undefined));
  found += checked.length;
  if (checked.length === 0) continue;
  Deno.test(`examples of ${path.slice(LIB.length + 1)} print the values in their comments`, async () => {
    for (const example of checked) {
      const calls = await printed(example);
      // Counted from the end, because a loop at the beginning prints more than once.
      assert.ok(calls.length >= example.prints.length, example.at);
      example.prints.toReversed().forEach((comment, i) => {
        if (comment !== undefined) assert.equal(dense(calls.at(-1 - i)!), dense(comment), example.at);
      });
    }
  });
}

Deno.test("examples with values are found", () => assert.ok(found > 200, `${found} examples`));
