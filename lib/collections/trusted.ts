import { join } from "node:path";
import * as z from "zod";
import type { Finding } from "../files/finding.ts";
import { MANIFEST } from "./convert_collection.ts";
import type { FoundCollection } from "./found_collection.ts";

const SCHEMA = z.object({
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.record(z.string(), z.int().min(0)),
  findings: z.array(z.object({ kind: z.string(), count: z.int(), examples: z.array(z.string()) })),
});

/** What a converted folder says of itself. */
export interface Trusted {
  readonly digest: string;
  readonly findings: Finding[];
}

/**
 * What `convertCollection` found of a folder when it wrote it; undefined unless the folder is as it was then: the same
 * files with the same sizes, none changed after its manifest. Checking and hashing millions of rows takes minutes.
 */
export async function trusted(folder: string, { layout }: FoundCollection): Promise<Trusted | undefined> {
  const path = join(folder, MANIFEST);
  try {
    const found = SCHEMA.safeParse(JSON.parse(await Deno.readTextFile(path)));
    if (!found.success) return undefined;
    const { digest, findings, bytes } = found.data;
    const names = [...layout.corpus, ...layout.queries, ...Object.values(layout.qrels).flat()];
    if (names.length !== Object.keys(bytes).length || layout.passedOver.length > 0) return undefined;
    const { mtime } = await Deno.stat(path);
    for (const name of names) {
      const stat = await Deno.stat(join(folder, name));
      if (stat.size !== bytes[name] || stat.mtime!.getTime() > mtime!.getTime()) return undefined;
    }
    return { digest, findings };
  } catch {
    return undefined;
  }
}
