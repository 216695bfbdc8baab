import assert from "node:assert/strict";
import { join } from "node:path";
import { loadEncoder, type Vectors } from "../../lib/encoders/mod.ts";
import { encodeToCompare } from "../../lib/encoders/similarity.ts";
import { python } from "./python.ts";

/** What oracle/make_folders.py writes. */
interface Reference {
  readonly texts: readonly string[];
  readonly good: readonly string[];
  readonly folders: Record<string, Folder | { readonly error: string }>;
}

/** Vectors of all texts, and similarities of the first five queries to all documents. */
interface Folder {
  readonly query: readonly (readonly number[])[];
  readonly document: readonly (readonly number[])[];
  readonly scores: readonly (readonly number[])[];
}

Deno.test("vectors and similarities of 90 folders are those of sentence-transformers, saved again too", async (t) => {
  const root = await Deno.makeTempDir();
  try {
    if (!await python(t.name, "make_folders.py", ["make", root])) return;
    const { texts, good, folders } = JSON.parse(await Deno.readTextFile(join(root, "reference.json"))) as Reference;
    const wrong: string[] = [];
    const refused: string[] = [];
    await Deno.mkdir(join(root, "saved"));
    for (const [name, wanted] of Object.entries(folders)) {
      try {
        wrong.push(...await compare(root, name, wanted as Folder, texts));
      } catch (error) {
        assert.equal((error as Error).name, "KitError", `${name}: ${(error as Error).stack}`);
        refused.push(`${name}: ${(error as Error).message}`);
      }
    }
    const lost = refused.filter((each) => good.some((name) => each.startsWith(`${name}: `)));
    assert.deepEqual([...wrong, ...lost], []);
    assert.ok(good.length >= 75 && refused.length <= Object.keys(folders).length - good.length);
    assert.ok(await python(t.name, "make_folders.py", ["read", root]));
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

/** What differs; a folder that is read is saved again. */
async function compare(root: string, name: string, wanted: Folder, texts: readonly string[]): Promise<string[]> {
  const encoder = await loadEncoder(join(root, name), { threads: 1 });
  try {
    if ("error" in wanted) return [`${name} is read, and not by sentence-transformers: ${wanted.error}`];
    const wrong: string[] = [];
    for (const kind of ["query", "document"] as const) {
      const off = difference(await encoder.encode(texts, { kind }), wanted[kind]);
      if (!(off < 1e-4)) wrong.push(`${name}, ${kind}: off by ${off}`);
    }
    const queries = await encodeToCompare(encoder, texts.slice(0, 5), { kind: "query" });
    const off = difference(
      products(queries, await encodeToCompare(encoder, texts, { kind: "document" })),
      wanted.scores,
    );
    if (!(off < 1e-4)) wrong.push(`${name}, ${encoder.similarity}: off by ${off}`);
    await encoder.save(join(root, "saved", name));
    return wrong;
  } finally {
    await encoder.dispose();
  }
}

/** The greatest difference, by the greatest number. */
function difference({ data, dimension }: Vectors, wanted: readonly (readonly number[])[]): number {
  if (dimension !== wanted[0].length || data.length !== dimension * wanted.length) return Infinity;
  const flat = wanted.flat();
  const scale = flat.reduce((greatest, x) => Math.max(greatest, Math.abs(x)), 1);
  return flat.reduce((greatest, x, i) => Math.max(greatest, Math.abs(x - data[i])), 0) / scale;
}

function products(queries: Vectors, documents: Vectors): Vectors {
  const { dimension } = queries;
  const data = new Float32Array(queries.length * documents.length);
  for (let i = 0; i < data.length; i++) {
    const [q, d] = [Math.floor(i / documents.length) * dimension, (i % documents.length) * dimension];
    for (let j = 0; j < dimension; j++) data[i] += queries.data[q + j] * documents.data[d + j];
  }
  return { data, length: queries.length, dimension: documents.length };
}
