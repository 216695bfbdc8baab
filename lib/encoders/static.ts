import { DISPLAY, INSPECT } from "../core/display.ts";
import { encoderCard } from "./card.ts";
import { normalizeRows } from "../core/normalize_rows.ts";
import { ArgumentError, KitError } from "../core/errors.ts";
import { hasher } from "../core/hash.ts";
import { random } from "../core/random.ts";
import type { Graph } from "../graph/graph.ts";
import { matMul, mul } from "../graph/mod.ts";
import type { Tensor } from "../graph/graph.ts";
import type { Feeds } from "../graph/types.ts";
import { encodeTexts } from "./encode.ts";
import { touchedRows } from "./packing.ts";
import { saveStatic } from "./save_static.ts";
import type { StaticParts } from "./static_parts.ts";
import { unit } from "./blocks/unit.ts";
import type {
  EncodedBatch,
  EncodeOptions,
  ForwardOptions,
  Parameter,
  SaveEncoderOptions,
  Similarity,
  TextInput,
  TextKind,
  TrainableEncoder,
  Vectors,
} from "./types.ts";
import { weightsDigest } from "./weights.ts";

/**
 * An encoder without a network: the mean of the rows of a text's tokens. The vector of a text without tokens is zero.
 *
 * @category Encoders
 */
export class StaticEncoder implements TrainableEncoder {
  readonly kind = "static";
  readonly name: string;
  readonly dimension: number;
  readonly parameters: ReadonlyMap<string, Parameter>;
  /** Its parts. */
  readonly parts: StaticParts;
  readonly similarity: Similarity;
  readonly unit: boolean;
  #digest?: string;
  #changed = false;

  /** For {@link loadEncoder} or {@link staticEncoder}. */
  constructor(parts: StaticParts) {
    const { embeddings, tokenizer, name } = parts;
    if (tokenizer.size > embeddings.shape[0]) {
      throw new KitError(
        `Cannot use encoder ${name}: its tokenizer has ${tokenizer.size} tokens, its table ${embeddings.shape[0]} rows`,
      );
    }
    this.parts = parts;
    this.similarity = parts.similarity ?? "cosine";
    this.unit = parts.normalize;
    this.name = name;
    this.dimension = embeddings.shape[1];
    this.parameters = new Map([[embeddings.name, embeddings]]);
  }

  /** A card of what it is, for a notebook. */
  [DISPLAY](): Record<string, string> {
    return { "text/plain": encoderCard(this) };
  }

  /** The same, for `console.log`. */
  [INSPECT](): string {
    return encoderCard(this);
  }

  get maxLength(): number {
    return this.parts.tokenizer.maxLength;
  }

  get prompts(): Readonly<Record<TextKind, string>> {
    return this.parts.prompts;
  }

  cuts(text: string, kind: TextKind): boolean {
    const { tokenizer, prompts } = this.parts;
    return tokenizer.cuts(prompts[kind] + text);
  }

  fingerprint(kind: TextKind): string {
    const { normalize, prompts, tokenizer } = this.parts;
    this.#digest ??= weightsDigest(this.parameters);
    const settings = { pooling: "mean", normalise: normalize, maxLength: tokenizer.maxLength, prompt: prompts[kind] };
    return hasher().update(this.#digest).update(tokenizer.fingerprint).update(JSON.stringify(settings)).digest();
  }

  async encode(texts: Iterable<string>, options: EncodeOptions): Promise<Vectors> {
    const { embeddings, tokenizer, normalize, prompts, cache } = this.parts;
    const width = this.dimension;
    return await encodeTexts<Int32Array>(texts, options, {
      name: this.name,
      dimension: width,
      budget: 1 << 16,
      prepare: (text) => tokenizer.encode(prompts[options.kind] + text),
      size: (ids) => ids.length,
      run: (batch) => {
        const vectors = new Float32Array(batch.length * width);
        batch.forEach((ids, i) => {
          const sum = vectors.subarray(i * width, (i + 1) * width);
          for (const id of ids) {
            const at = id * width;
            for (let j = 0; j < width; j++) sum[j] += embeddings.data[at + j];
          }
          for (let j = 0; j < width; j++) sum[j] /= Math.max(1, ids.length);
        });
        return normalize ? normalizeRows(vectors, width) : vectors;
      },
      cache: cache && !this.#changed ? { store: cache, fingerprint: this.fingerprint(options.kind) } : undefined,
    });
  }

  forward(graph: Graph, { dropout = 0 }: ForwardOptions = {}): Tensor {
    if (!(dropout >= 0 && dropout < 1)) {
      throw new ArgumentError(`dropout must be a number >= 0 and < 1, found ${dropout}`);
    }
    let table = graph.parameter("embeddings.word", ["rows", this.dimension]);
    if (dropout > 0) table = mul(table, graph.input("dropout", { shape: ["rows", this.dimension] }));
    // A batch has few distinct tokens, so the means are one small product with their shares, without a gather.
    const means = matMul(graph.input("shares", { shape: ["texts", "rows"] }), table);
    return this.unit || this.similarity === "cosine" ? unit(means) : means;
  }

  tokenize(
    texts: readonly TextInput[],
    { dropout = 0, seed = 0 }: { dropout?: number; seed?: number } = {},
  ): EncodedBatch {
    const { tokenizer, prompts } = this.parts;
    const ids = texts.map(({ text, kind }) => tokenizer.encode(prompts[kind] + text));
    const { rows, indices } = touchedRows(ids);
    // A graph has no empty matrices: without any token, the first row gets a share of 0.
    const used = rows.length > 0 ? rows : Int32Array.of(0);
    const shares = new Float32Array(texts.length * used.length);
    let at = 0;
    ids.forEach((text, i) => {
      for (let j = 0; j < text.length; j++, at++) shares[i * used.length + indices[at]] += 1 / text.length;
    });
    const feeds: Feeds = { shares: { data: shares, shape: [texts.length, used.length] } };
    if (dropout > 0) {
      const draw = random(seed).fork("dropout");
      const limit = dropout * 2 ** 32;
      const data = new Float32Array(used.length * this.dimension);
      for (let i = 0; i < data.length; i++) if (draw.bits() >= limit) data[i] = 1 / (1 - dropout);
      feeds.dropout = { data, shape: [used.length, this.dimension] };
    }
    return {
      feeds,
      rows: new Map([["embeddings.word", used]]),
      tokens: indices.length,
      flops: 2 * indices.length * this.dimension,
    };
  }

  invalidate(): void {
    this.#digest = undefined;
    this.#changed = true;
  }

  save(folder: string, options?: SaveEncoderOptions): Promise<void> {
    return saveStatic(this.parts, folder, options);
  }

  dispose(): Promise<void> {
    return Promise.resolve();
  }
}
