import { dotRows } from "../../core/dot.ts";
import * as z from "zod";
import { passageText } from "../../collections/passage.ts";
import { parseOptions } from "../../core/parse_options.ts";
import { encodeToCompare } from "../../encoders/similarity.ts";
import type { Encoder } from "../../encoders/types.ts";
import type { Decision } from "../rules/decision.ts";
import { FILTER_SHAPE, type FilterOptions } from "./filter_options.ts";
import type { FilterNeeds } from "./needs.ts";
import type { Filter } from "./types.ts";

/** Cosines nearer to 1 than this are the same vector in 32-bit floats, whatever else was in the batch. */
const SAME = 1e-6;
const OPTIONS = z.strictObject(FILTER_SHAPE);

/**
 * Drops what the encoder reads exactly as a known positive of the query, such as an edit after the last token that it
 * reads. Training on it would push the positive away from its own query.
 *
 * @example
 * ```ts
 * import { filterNegatives, filters, generate, loadCollection, loadEncoder, waterfall } from "@syneg/kit";
 * const facets = await loadCollection("facets");
 * const edits = await generate(facets, { recipe: "edit", limit: 20, quiet: true });
 * const encoder = await loadEncoder("built-in", { maxLength: 64 });
 * console.log(waterfall(await filterNegatives(edits, facets, [filters.vectorGuard(encoder)])));
 * ```
 * @category Negatives
 */
export function vectorGuard(encoder: Encoder, options: FilterOptions = {}): Filter {
  const { sources } = parseOptions("vectorGuard", OPTIONS, options);
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
      const inner = (a: number, b: number) => dotRows(vectors, a, vectors, b);
      const cosine = (a: number, b: number) => inner(a, b) / Math.sqrt(inner(a, a) * inner(b, b));
      const decisions = new Map<number, Decision>();
      for (const { row, id, own, positive } of pairs) {
        // The vector of an empty text is zero and has no cosine.
        if (decisions.has(row) || !(1 - cosine(own, positive) <= SAME)) continue;
        decisions.set(row, { verdict: "dropped", reason: `same-vector: ${encoder.name} reads it as ${id}` });
      }
      return decisions;
    },
  };
}

/** {@link vectorGuard} as an entry of the registry. */
export const VECTOR_GUARD = {
  name: "vector-guard",
  about: "drop what the encoder reads exactly as a positive",
  options: OPTIONS,
  make: (options: FilterOptions, needs: FilterNeeds): Filter => vectorGuard(needs.encoder(), options),
} as const;
