import assert from "node:assert/strict";
import { dirname, join, relative, resolve, sep } from "node:path";

/** The rooms that a room may import from, in the order of the data's flow. */
const ARROWS: Record<string, readonly string[]> = {
  core: [],
  tables: ["core"],
  files: ["core", "tables"],
  hub: ["core", "files"],
  trec: ["core", "tables", "files"],
  collections: ["core", "tables", "files", "hub", "trec"],
  graph: ["core"],
  encoders: ["core", "tables", "files", "hub", "collections", "graph"],
  retrieval: ["core", "tables", "collections", "graph", "encoders"],
  generators: ["core", "tables", "files", "collections"],
  negatives: ["core", "tables", "files", "collections", "encoders", "retrieval", "generators"],
  training: ["core", "tables", "files", "collections", "graph", "encoders", "retrieval", "negatives"],
  evaluation: ["core", "tables", "files", "trec", "collections", "encoders", "retrieval"],
  plots: ["core", "tables", "collections", "evaluation"],
  reference: ["core"],
  pipeline: [
    "core",
    "tables",
    "files",
    "collections",
    "encoders",
    "retrieval",
    "generators",
    "negatives",
    "training",
    "evaluation",
  ],
  experiments: [
    "core",
    "tables",
    "files",
    "hub",
    "trec",
    "collections",
    "graph",
    "encoders",
    "retrieval",
    "generators",
    "negatives",
    "training",
    "evaluation",
    "plots",
  ],
};

const LIB = resolve(import.meta.dirname!, "..", "lib");

function* files(folder: string): Generator<string> {
  for (const entry of Deno.readDirSync(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) yield* files(path);
    else if (path.endsWith(".ts")) yield path;
  }
}

/** Every file of lib with the files it imports, types included; paths below lib. */
const IMPORTS: ReadonlyMap<string, readonly string[]> = new Map(
  [...files(LIB)].map((file) => {
    // Examples in comments import faces.
    const code = Deno.readTextFileSync(file).replaceAll(/\/\*\*.*?\*\//gs, "");
    const found = code.matchAll(/(?:from|import)\s*\(?\s*"(\.{1,2}\/[^"]+)"/g);
    return [relative(LIB, file), [...found].map((match) => relative(LIB, resolve(file, "..", match[1])))];
  }),
);

const roomOf = (file: string) => file.split(sep)[0];

Deno.test("data flows one way: no room imports upward", () => {
  for (const [file, targets] of IMPORTS) {
    const allowed = ARROWS[roomOf(file)];
    if (!allowed) continue;
    for (const target of targets) {
      const other = roomOf(target);
      if (other === roomOf(file)) continue;
      assert.ok(allowed.includes(other), `${file} imports ${target}, but may only use ${allowed.join(", ")}`);
    }
  }
});

Deno.test("there are no import circles, not even of types", () => {
  assert.deepEqual(circles(IMPORTS), []);
});

Deno.test("circles are found", () => {
  assert.deepEqual(circles(new Map([["a", ["b"]], ["b", ["c"]], ["c", ["b"]]])), [["b", "c"]]);
});

Deno.test("files in a room's folders are private to the room unless a face exports them", () => {
  const shown = new Set([...IMPORTS].flatMap(([file, targets]) => file.endsWith(`${sep}mod.ts`) ? targets : []));
  for (const [file, targets] of IMPORTS) {
    for (const target of targets) {
      const foreign = roomOf(target) !== roomOf(file) && dirname(target) !== roomOf(target);
      assert.ok(
        !foreign || shown.has(target) || target.endsWith(`${sep}mod.ts`),
        `${file} imports ${target}, which is private to ${roomOf(target)}`,
      );
    }
  }
});

Deno.test("every folder of lib is a known room", () => {
  const rooms = [...Deno.readDirSync(LIB)].filter((entry) => entry.isDirectory).map((entry) => entry.name);
  assert.deepEqual(rooms.sort(), [...Object.keys(ARROWS), "cli"].sort());
});

Deno.test("commands import faces of rooms and files of core", () => {
  for (const [file, targets] of IMPORTS) {
    if (roomOf(file) !== "cli") continue;
    for (const target of targets) {
      const allowed = ["cli", "core"].includes(roomOf(target)) || target.endsWith(`${sep}mod.ts`);
      assert.ok(allowed, `${file} imports ${target}, wanted ${roomOf(target)}/mod.ts`);
    }
  }
});

Deno.test("no file imports from jsr or a URL: deno.json declares dependencies", () => {
  for (const file of IMPORTS.keys()) {
    assert.ok(!/from\s+"(jsr:|https?:)/.test(Deno.readTextFileSync(join(LIB, file))), file);
  }
});

/** Groups of files that reach one another by imports (strongly connected, Tarjan 1972), each in order of name. */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const path: string[] = [];
  const found: string[][] = [];
  const visit = (file: string) => {
    index.set(file, index.size);
    low.set(file, index.get(file)!);
    path.push(file);
    for (const target of graph.get(file) ?? []) {
      if (!graph.has(target)) continue;
      if (!index.has(target)) visit(target);
      if (path.includes(target)) low.set(file, Math.min(low.get(file)!, low.get(target)!));
    }
    if (low.get(file) !== index.get(file)) return;
    const group = path.splice(path.indexOf(file));
    if (group.length > 1) found.push(group.sort());
  };
  for (const file of graph.keys()) if (!index.has(file)) visit(file);
  return found;
}
