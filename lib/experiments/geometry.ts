import { type Collection, passageText, positivesOf } from "../collections/mod.ts";
import type { Encoder, Vectors } from "../encoders/mod.ts";
import { alignment, effectiveRank, separability, uniformity } from "../evaluation/mod.ts";
import { type NEGATIVES, rowsById, type Table } from "../tables/mod.ts";

/**
 * How an encoder's vectors lie: signs of a collapse.
 *
 * @category Experiments
 */
export interface Geometry {
  /** Mean squared distance of queries to their positives; 0 is perfect. */
  alignment: number;
  /** Uniformity of passages; 0 when all are the same, lower is better spread. */
  uniformity: number;
  /** Effective rank of passages' vectors. */
  effectiveRank: number;
  /** Area under the curve by which written passages can be told from others by their vectors; null without written ones. */
  shortcut: number | null;
}

/** Texts of each kind that are looked at, spread over all. */
const MOST = 300;

/** A fixed sample of texts whose vectors are looked at. */
export class GeometryProbe {
  readonly #queries: readonly string[];
  readonly #positives: readonly string[];
  readonly #passages: readonly string[];
  readonly #written: readonly string[];

  /** Draws the sample: pairs of a split, passages of the corpus, and kept written negatives. */
  constructor(collection: Collection, split: string, negatives?: Table<typeof NEGATIVES>) {
    const { queries, corpus } = collection;
    const [queryRows, rows] = [rowsById(queries), rowsById(corpus)];
    const pairs = spread([...positivesOf(collection, { split })].filter(([, ids]) => ids.length > 0));
    this.#queries = pairs.map(([id]) => queries.column("text").at(queryRows.get(id)!));
    this.#positives = pairs.map(([, [id]]) => passageText(corpus.row(rows.get(id)!)));
    this.#passages = spread(Array.from({ length: corpus.length }, (_, row) => row)).map((row) =>
      passageText(corpus.row(row))
    );
    this.#written = negatives ? writtenTexts(negatives) : [];
  }

  /** Encodes the sample and measures it. */
  async measure(encoder: Encoder, signal?: AbortSignal): Promise<Geometry> {
    const encode = async (texts: readonly string[], kind: "query" | "document"): Promise<Vectors> => {
      const found = await encoder.encode(texts, { kind, signal });
      // The next call may reuse the memory.
      return { ...found, data: found.data.slice() };
    };
    const queries = await encode(this.#queries, "query");
    const positives = await encode(this.#positives, "document");
    const passages = await encode(this.#passages, "document");
    const written = this.#written.length < 4 ? undefined : await encode(this.#written, "document");
    return {
      alignment: alignment(queries, positives),
      uniformity: uniformity(passages),
      effectiveRank: effectiveRank(passages),
      shortcut: written ? separability(written, passages) : null,
    };
  }
}

/** Signs of a collapse from before to after training, in words; none if there are none. */
export function collapseSigns(before: Geometry, after: Geometry): string[] {
  const signs: string[] = [];
  const number = (value: number) => value.toFixed(2);
  if (before.shortcut !== null && after.shortcut !== null && after.shortcut > before.shortcut + 0.05) {
    signs.push(
      `written passages are told apart by their vectors (AUC ${number(before.shortcut)} to ${number(after.shortcut)})`,
    );
  }
  if (after.uniformity > before.uniformity + 0.5) {
    signs.push(`passages draw together (uniformity ${number(before.uniformity)} to ${number(after.uniformity)})`);
  }
  if (after.effectiveRank < 0.75 * before.effectiveRank) {
    signs.push(
      `vectors use fewer directions (effective rank ${number(before.effectiveRank)} to ${number(after.effectiveRank)})`,
    );
  }
  return signs;
}

function writtenTexts(negatives: Table<typeof NEGATIVES>): string[] {
  const [ids, verdicts] = [negatives.column("doc_id"), negatives.column("verdict")];
  const rows = Array.from({ length: negatives.length }, (_, row) => row)
    .filter((row) => ids.at(row) === null && verdicts.at(row) === "kept");
  return spread(rows).map((row) => {
    const { title, text } = negatives.row(row);
    return passageText({ title: title ?? "", text: text ?? "" });
  });
}

function spread<T>(values: readonly T[]): T[] {
  const count = Math.min(MOST, values.length);
  return Array.from({ length: count }, (_, i) => values[Math.floor(i * values.length / count)]);
}
