import { hasher } from "../core/hash.ts";
import { digestTable } from "../tables/digest_table.ts";
import type { Collection } from "./types.ts";

/**
 * sha256 over a collection's rows in their order and its splits by name: the same however it was stored.
 *
 * @category Collections
 */
export function digestCollection(collection: Pick<Collection, "corpus" | "queries" | "qrels">): string {
  const hash = hasher().update(digestTable(collection.corpus)).update(digestTable(collection.queries));
  for (const split of Object.keys(collection.qrels).sort()) {
    hash.update(split).update(digestTable(collection.qrels[split]));
  }
  return hash.digest();
}
