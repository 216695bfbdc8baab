import assert from "node:assert/strict";
import { join, resolve } from "node:path";

interface Declared {
  readonly kind: string;
  readonly jsDoc?: {
    readonly doc?: string;
    readonly tags?: readonly { readonly kind: string; readonly doc?: string }[];
  };
}
interface Name {
  readonly name: string;
  readonly declarations: readonly Declared[];
}

const ROOT = resolve(import.meta.dirname!, "..");
/** Names of each face, one line each: what the package promises. Edit it when a face changes on purpose. */
const LISTS = join(ROOT, "tests", "fixtures", "faces");
const { exports } = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json"))) as {
  readonly exports: Readonly<Record<string, string>>;
};
/** The categories in the order in which the reference shows them. */
const CATEGORIES = [
  "Collections",
  "Generation",
  "Negatives",
  "Encoders",
  "Retrieval",
  "Training",
  "Evaluation",
  "Plots",
  "Experiments",
  "Pipeline",
  "Tables",
  "Graph",
  "Core",
];

async function namesOf(path: string): Promise<Name[]> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", path],
    cwd: ROOT,
    stderr: "null",
  }).output();
  const { nodes } = JSON.parse(new TextDecoder().decode(stdout)) as {
    readonly nodes: Readonly<Record<string, { readonly symbols: readonly Name[] }>>;
  };
  return Object.values(nodes).flatMap(({ symbols }) => symbols);
}

/** Functions without an example; one overload's is enough. */
function withoutExample(names: readonly Name[]): string[] {
  const hasExample = ({ jsDoc }: Declared) => jsDoc?.tags?.some(({ kind }) => kind === "example") ?? false;
  return names
    .filter(({ declarations }) => declarations.some(({ kind }) => kind === "function"))
    .filter(({ declarations }) => !declarations.some(hasExample))
    .map(({ name }) => name);
}

for (const [face, path] of Object.entries(exports)) {
  const names = await namesOf(path);
  const list = join(LISTS, `${face === "." ? "kit" : face.slice(2)}.txt`);

  Deno.test(`face ${face} exports the names on its list`, async () => {
    const wanted = (await Deno.readTextFile(list)).split("\n").filter(Boolean);
    assert.deepEqual(names.map(({ name }) => name).sort(), wanted);
  });

  Deno.test(`every name of face ${face} is documented and has a category`, () => {
    // A namespace is documented by its module.
    const single = names.filter(({ declarations }) => declarations.every(({ kind }) => kind !== "namespace"));
    const docs = ({ declarations }: Name) => declarations.flatMap(({ jsDoc }) => jsDoc ?? []);
    const categories = (name: Name) =>
      docs(name).flatMap(({ tags = [] }) => tags.filter(({ kind }) => kind === "category")).map(({ doc }) => doc);
    const bare = single.filter((name) => !docs(name).some(({ doc }) => doc)).map(({ name }) => name);
    assert.deepEqual(bare, [], "without a doc comment");
    const lost = single.filter((name) => categories(name).length === 0).map(({ name }) => name);
    assert.deepEqual(lost, [], "without a category");
    const strange = single.flatMap(categories).filter((category) => !CATEGORIES.includes(category?.trim() ?? ""));
    assert.deepEqual(strange, [], "unknown categories");
  });

  Deno.test(`every function of face ${face} has an example`, () => assert.deepEqual(withoutExample(names), []));
}

/** Files whose functions the package face offers as namespaces, such as `samplers.hybrid()`. */
const NAMESPACES = ["lib/negatives/sampling/mod.ts", "lib/negatives/filters/mod.ts"];

for (const path of NAMESPACES) {
  const names = await namesOf(path);

  Deno.test(`every function of ${path} has an example`, () => {
    assert.ok(names.some(({ declarations }) => declarations.some(({ kind }) => kind === "function")));
    assert.deepEqual(withoutExample(names), []);
  });
}

Deno.test("the package face has about 140 names, none of them a common word", async () => {
  const names = (await namesOf(exports["."])).map(({ name }) => name);
  assert.ok(names.length <= 150, `${names.length} names`);
  const common = [
    "filter",
    "top",
    "not",
    "where",
    "equal",
    "range",
    "split",
    "slice",
    "map",
    "add",
    "and",
    "or",
    "plan",
  ];
  assert.deepEqual(names.filter((name) => common.includes(name)), []);
});

Deno.test("defaults are stated in the form that tools read", async () => {
  const wrong: string[] = [];
  const visit = async (folder: string): Promise<void> => {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      const path = join(folder, name);
      if (isDirectory) await visit(path);
      else if (name.endsWith(".ts")) {
        (await Deno.readTextFile(path)).split("\n").forEach((line, i) => {
          if (/@default (?!\{)/.test(line)) wrong.push(`${path}:${i + 1}`);
        });
      }
    }
  };
  await visit(join(ROOT, "lib"));
  assert.deepEqual(wrong, []);
});
