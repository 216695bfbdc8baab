import { FILTER_OPTIONS } from "./filter.ts";
import { checkOptions } from "../../core/options.ts";
import { passageText } from "../../collections/passage.ts";
import { encodeToCompare } from "../../encoders/similarity.ts";
import type { Encoder } from "../../encoders/types.ts";
import { product } from "../mining/dense.ts";
import type { Decision, Filter, FilterOptions } from "./filter.ts";

/** Cosines nearer to 1 than this are the same vector in 32-bit floats, whatever else was in the batch. */
const SAME = 1e-6;

/**
 * Drops what the encoder reads exactly as a known positive of the query. Such are edits behind the last token that it
 * reads: trained on, they would push the positive away from its own query.
 *
 * @example
 * ```ts
 * import { filter, generate, loadCollection, loadEncoder, vectorGuard, waterfall } from "@syneg/kit";
 * const facets = await loadCollection("facets");
 * const edits = await generate(facets, { recipe: "edit", quiet: true });
 * const encoder = await loadEncoder("built-in", { maxLength: 64 });
 * console.log(waterfall(await filter(edits, facets, [vectorGuard(encoder)])));
 * ```
 */
export function vectorGuard(encoder: Encoder, options: FilterOptions = {}): Filter {
  checkOptions<FilterOptions>("vectorGuard", options, FILTER_OPTIONS);
  const { sources } = options;
  return {
    name: "vector-guard",
    rules: ["same-vector"],
    sources,
    async decide(rows, { pool, known: answers, passage, document, signal }) {
      const places = new Map<string, number>();
      const place = (text: string) => {
        if (!places.has(text)) places.set(text, places.size);
        return places.get(text)!;
      };
      const pairs = rows.flatMap((row) => {
        const own = place(passageText(passage(row)));
        const known = answers.get(pool.query(row)) ?? [];
        return known.map((id) => ({ row, id, own, positive: place(passageText(document(id))) }));
      });
      const vectors = await encodeToCompare(encoder, places.keys(), { kind: "document", signal });
      const inner = (a: number, b: number) => product(vectors, a, vectors, b);
      const cosine = (a: number, b: number) => inner(a, b) / Math.sqrt(inner(a, a) * inner(b, b));
      const decisions = new Map<number, Decision>();
      for (const { row, id, own, positive } of pairs) {
        if (decisions.has(row) || 1 - cosine(own, positive) > SAME) continue;
        decisions.set(row, { verdict: "dropped", reason: `same-vector: ${encoder.name} reads it as ${id}` });
      }
      return decisions;
    },
  };
}
