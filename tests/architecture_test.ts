import assert from "node:assert/strict";
import { join, relative, resolve, sep } from "node:path";

/** Which rooms a room may look into; data flows from left to right and nobody imports upwards. */
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
  plots: ["core", "tables", "evaluation"],
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

/** Relative imports of a file, as absolute paths. */
function imports(file: string): string[] {
  const text = Deno.readTextFileSync(file);
  const found = [...text.matchAll(/(?:from|import)\s*\(?\s*"(\.{1,2}\/[^"]+)"/g)];
  return found.map((match) => resolve(file, "..", match[1]));
}

Deno.test("data flows one way: no room imports upwards", () => {
  for (const [room, allowed] of Object.entries(ARROWS)) {
    for (const file of files(join(LIB, room))) {
      for (const target of imports(file)) {
        const other = relative(LIB, target).split(sep)[0];
        if (other === room) continue;
        assert.ok(
          allowed.includes(other),
          `${relative(LIB, file)} imports ${relative(LIB, target)}, but ${room} may only use ${allowed.join(", ")}`,
        );
      }
    }
  }
});

Deno.test("every folder of lib is a known room", () => {
  const rooms = [...Deno.readDirSync(LIB)].filter((entry) => entry.isDirectory).map((entry) => entry.name);
  assert.deepEqual(rooms.sort(), [...Object.keys(ARROWS), "cli"].sort());
});

Deno.test("the command line imports the faces of rooms, and of core any file", () => {
  for (const file of files(join(LIB, "cli"))) {
    for (const target of imports(file)) {
      const path = relative(LIB, target).split(sep);
      const allowed = path[0] === "cli" || path[0] === "core" || path.at(-1) === "mod.ts";
      assert.ok(allowed, `${relative(LIB, file)} imports ${path.join("/")}, not a face (mod.ts)`);
    }
  }
});

Deno.test("no file imports from jsr or by address: deno.json declares what comes from outside", () => {
  for (const file of files(LIB)) {
    assert.ok(!/from\s+"(jsr:|https?:)/.test(Deno.readTextFileSync(file)), relative(LIB, file));
  }
});
