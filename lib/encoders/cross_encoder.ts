import type { Progress } from "../core/progress.ts";
import { KitError } from "../core/errors.ts";
import { hasher } from "../core/hash.ts";
import { checkOptions } from "../core/options.ts";
import type { Session } from "../graph/mod.ts";
import { compileTransformer } from "./compile_transformer.ts";
import { encodeTexts } from "./encode.ts";
import { joined, packedFeeds } from "./packing.ts";
import type { TokenPair } from "./tokenizer/encode_pair.ts";
import { WORD } from "./transformer_embeddings.ts";
import type { TransformerParts } from "./transformer_parts.ts";
import { weightsDigest } from "./weights.ts";

/**
 * A query and a document to be scored together.
 *
 * @category Encoders
 */
export interface TextPair {
  /** Text of the query. */
  readonly query: string;
  /** Text of the document. */
  readonly document: string;
}

/**
 * Options of {@link CrossEncoder.score}.
 *
 * @category Encoders
 */
export interface ScoreOptions {
  /** Reports pairs. Omit for none. */
  progress?: Progress;
  /** Cancels the work. Omit for none. */
  signal?: AbortSignal;
}

/**
 * Parts of a {@link CrossEncoder}.
 *
 * @category Encoders
 */
export interface CrossEncoderParts extends TransformerParts {
  /** Whether tokens have types that tell query and document apart. */
  readonly typed: boolean;
}

/** Tokens of a batch, as of `encode`. */
const BUDGET = 1024;

/**
 * A network that reads query and document together and returns one score, higher for better answers. Use
 * {@link loadCrossEncoder}.
 *
 * @category Encoders
 */
export class CrossEncoder {
  /** Kind of scorer. */
  readonly kind = "cross-encoder";
  /** Name for tables and reports. */
  readonly name: string;
  /** Its parts; the layers behind the pooling end in the score. */
  readonly parts: CrossEncoderParts;
  #session?: Promise<Session>;

  /** Use {@link loadCrossEncoder}. */
  constructor(parts: CrossEncoderParts) {
    this.parts = parts;
    this.name = parts.name;
  }

  /**
   * Scores pairs, in their order; a repeated pair is scored once.
   *
   * @throws {KitError} if a text is not a string, or a score not finite.
   */
  async score(pairs: Iterable<TextPair>, options: ScoreOptions = {}): Promise<Float32Array> {
    checkOptions<ScoreOptions>("score", options, { progress: "object", signal: "object" });
    const texts = [...pairs].map((pair, i) => {
      if (typeof pair?.query === "string" && typeof pair.document === "string") {
        return JSON.stringify([pair.query, pair.document]);
      }
      throw new KitError(`Pair ${i} for ${this.name} must have a query and a document, both strings`);
    });
    const { data } = await encodeTexts(texts, { ...options, kind: "query" }, {
      name: this.name,
      dimension: 1,
      budget: BUDGET,
      prepare: (text) => this.parts.tokenizer.encodePair(...JSON.parse(text) as [string, string]),
      size: ({ ids }) => ids.length,
      run: (batch) => this.#scores(batch),
    });
    return data;
  }

  /** sha256 of everything that determines a score. */
  fingerprint(): string {
    const { shape, poolings, dense, typed, tokenizer, parameters } = this.parts;
    const settings = JSON.stringify({ shape, poolings, dense, typed, maxLength: tokenizer.maxLength });
    return hasher().update(weightsDigest(parameters)).update(tokenizer.fingerprint).update(settings).digest();
  }

  /** Frees native memory. */
  async dispose(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    await (await session)?.dispose();
  }

  async #scores(batch: readonly TokenPair[]): Promise<Float32Array> {
    const { shape, poolings, parameters, typed } = this.parts;
    const session = await (this.#session ??= compileTransformer(this.parts, { beside: false, types: typed }));
    const texts = batch.map(({ ids }) => ids);
    const tokens = joined(texts);
    const types = joined(batch.map(({ types }) => types));
    const { embeddings } = await session.run({
      [WORD]: parameters.get(WORD)!,
      ...packedFeeds([texts], shape, poolings),
      tokens: { data: tokens, shape: [tokens.length] },
      ...(typed ? { types: { data: types, shape: [types.length] } } : {}),
    });
    return embeddings.data as Float32Array;
  }
}
