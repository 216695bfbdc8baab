import type { CrossEncoder, TextPair } from "../../encoders/mod.ts";
import type { Batch } from "./batch.ts";

/** Scores by a cross-encoder for the related pairs of a batch; each pair is scored once and remembered. */
export class PairTeacher {
  readonly #encoder: CrossEncoder;
  readonly #known = new Map<string, number>();

  constructor(encoder: CrossEncoder) {
    this.#encoder = encoder;
  }

  /** Scores of a batch's queries and candidates, `[queries, candidates]`; 0 for a pair that is ignored. */
  async scores({ texts, queryIndex, candidateIndex, relations }: Batch, signal?: AbortSignal): Promise<Float32Array> {
    const { data, candidates } = relations;
    const pairs = Array.from(data, (relation, i): TextPair | undefined =>
      relation === 0 ? undefined : {
        query: texts[queryIndex[Math.floor(i / candidates)]].text,
        document: texts[candidateIndex[i % candidates]].text,
      });
    const missing = new Map<string, TextPair>();
    for (const pair of pairs) if (pair && !this.#known.has(key(pair))) missing.set(key(pair), pair);
    if (missing.size > 0) {
      const found = await this.#encoder.score(missing.values(), { signal });
      [...missing.keys()].forEach((name, i) => this.#known.set(name, found[i]));
    }
    return Float32Array.from(pairs, (pair) => pair ? this.#known.get(key(pair))! : 0);
  }
}

function key({ query, document }: TextPair): string {
  return JSON.stringify([query, document]);
}
