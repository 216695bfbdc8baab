import { DISPLAY, INSPECT } from "../core/display.ts";
import { encoderCard } from "./card.ts";
import { ArgumentError, KitError } from "../core/errors.ts";
import { hasher } from "../core/hash.ts";
import type { Graph } from "../graph/graph.ts";
import type { Session } from "../graph/mod.ts";
import type { Tensor } from "../graph/graph.ts";
import type { Feeds } from "../graph/types.ts";
import { readAdapter, saveAdapter } from "./adapters/folder.ts";
import { adapted, type AdapterParts, newAdapter } from "./adapters/lora.ts";
import type { LoraOptions } from "./adapters/lora_options.ts";
import { mergedParameters } from "./adapters/merge.ts";
import { widestInput } from "./blocks/shape.ts";
import { dropoutFeeds, type DropoutMatrix } from "./dropout.ts";
import { encodeTexts } from "./encode.ts";
import { grouped, joined, packedFeeds, touchedRows, transformerFlops } from "./packing.ts";
import { saveTransformer } from "./save_transformer.ts";
import { wholeDimension } from "./transformer_parts.ts";
import { unit } from "./blocks/unit.ts";
import { compileTransformer } from "./compile_transformer.ts";
import { finished, transformerEmbeddings, WORD } from "./transformer_embeddings.ts";
import type { TransformerParts } from "./transformer_parts.ts";
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

/** Tokens of a batch of `encode`, counted as texts times the longest one: about what fits a processor's caches. */
const BUDGET = 1024;

/**
 * Groups of texts that a training step computes in sequence within one graph. The texts of a group have similar lengths:
 * attention is padded only to the longest of them, and intermediate results stay in the processor's cache.
 */
const GROUPS = 4;

/**
 * A transformer on packed tokens: only attention uses padding.
 *
 * @category Encoders
 */
export class TransformerEncoder implements TrainableEncoder {
  readonly kind = "transformer";
  readonly name: string;
  readonly dimension: number;
  readonly similarity: Similarity;
  readonly unit: boolean;
  /** Sessions of `encode`, and the batches in flight of each. */
  #sessions?: Promise<{ session: Session; busy: number }[]>;
  #parts: TransformerParts;
  #digest?: string;
  #changed = false;

  /** Use {@link loadEncoder} or {@link transformerEncoder}. */
  constructor(parts: TransformerParts) {
    this.#parts = parts;
    this.similarity = parts.similarity ?? "cosine";
    this.unit = parts.normalize && parts.truncateDim === undefined;
    this.name = parts.name;
    this.dimension = parts.truncateDim ?? wholeDimension(parts);
    const { vocabulary } = parts.shape;
    // A token without a row is refused only if a text contains it: many folders name tokens that they never use.
    if (parts.tokenizer.modelSize > vocabulary) {
      throw new KitError(
        `Cannot use encoder ${this.name}: its tokenizer has ${parts.tokenizer.modelSize} tokens, its table ${vocabulary} rows`,
      );
    }
  }

  /** Its parts. */
  get parts(): TransformerParts {
    return this.#parts;
  }

  get parameters(): ReadonlyMap<string, Parameter> {
    return this.parts.parameters;
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
    const { shape, poolings, dense, normalize, truncateDim, adapter, prompts, tokenizer } = this.parts;
    this.#digest ??= weightsDigest(this.parameters);
    const settings = {
      shape,
      pooling: poolings.join("+"),
      dense,
      normalise: normalize,
      truncateDim,
      adapter: adapter?.scale,
      maxLength: tokenizer.maxLength,
      prompt: prompts[kind],
    };
    return hasher().update(this.#digest).update(tokenizer.fingerprint).update(JSON.stringify(settings)).digest();
  }

  async encode(texts: Iterable<string>, options: EncodeOptions): Promise<Vectors> {
    const { tokenizer, prompts, cache, sessions } = this.parts;
    return await encodeTexts(texts, options, {
      name: this.name,
      dimension: this.dimension,
      budget: BUDGET,
      prepare: (text) => tokenizer.encode(prompts[options.kind] + text),
      size: (ids) => ids.length,
      run: (batch) => this.encodeTokens(batch),
      lanes: sessions,
      cache: cache && !this.#changed ? { store: cache, fingerprint: this.fingerprint(options.kind) } : undefined,
    });
  }

  /** Encodes one batch of token ids, special ones included: `[texts, dimension]`, row by row. */
  async encodeTokens(texts: readonly Int32Array[]): Promise<Float32Array> {
    const { shape, poolings } = this.parts;
    const sessions = await (this.#sessions ??= this.#compile());
    const lane = sessions.reduce((least, each) => each.busy < least.busy ? each : least);
    const ids = joined(texts);
    const tokens = { data: ids, shape: [ids.length] };
    const word = this.parameters.get(WORD)!;
    lane.busy++;
    try {
      const result = await lane.session.run({ [WORD]: word, ...packedFeeds([texts], shape, poolings), tokens });
      return result.embeddings.data as Float32Array;
    } finally {
      lane.busy--;
    }
  }

  forward(graph: Graph, { dropout = 0 }: ForwardOptions = {}): Tensor {
    if (!(dropout >= 0 && dropout < 1)) {
      throw new ArgumentError(`dropout must be a number >= 0 and < 1, found ${dropout}`);
    }
    const embeddings = transformerEmbeddings(graph, this.parts, { groups: GROUPS, train: true, dropout });
    const vectors = finished(embeddings, this.parts);
    return this.similarity === "cosine" && !this.unit ? unit(vectors) : vectors;
  }

  tokenize(
    texts: readonly TextInput[],
    { dropout = 0, seed = 0 }: { dropout?: number; seed?: number } = {},
  ): EncodedBatch {
    const { tokenizer, prompts, shape, poolings } = this.parts;
    const ids = texts.map(({ text, kind }) => tokenizer.encode(prompts[kind] + text));
    const { groups, order } = grouped(ids, GROUPS);
    const { rows, indices } = touchedRows(groups.flat());
    const feeds: Feeds = {
      ...packedFeeds(groups, shape, poolings),
      tokens: { data: indices, shape: [indices.length] },
      order: { data: order, shape: [order.length] },
    };
    const drop = (name: DropoutMatrix["name"], width: number, dropout = 0) => {
      if (dropout > 0) Object.assign(feeds, dropoutFeeds(indices.length, { name, width }, { dropout, seed }));
    };
    drop("dropout", shape.width, dropout);
    drop("adapter_dropout", widestInput(shape), this.parts.adapter?.dropout);
    return {
      feeds,
      rows: new Map([[WORD, rows]]),
      tokens: ids.reduce((sum, each) => sum + each.length, 0),
      flops: transformerFlops(ids, this.parts),
    };
  }

  invalidate(): void {
    this.#digest = undefined;
    this.#changed = true;
    // The sessions have the old weights.
    this.dispose().catch(() => {});
  }

  /**
   * Adds narrow matrices that are trained in place of the weights, which are frozen (LoRA).
   *
   * @throws {ArgumentError} if there is an adapter already, an option is outside its domain, or a target fits no matrix.
   */
  adapt(options: LoraOptions = {}): void {
    this.#attach(newAdapter(this.parts, options));
  }

  /**
   * Reads an adapter from a folder of peft.
   *
   * @throws {KitError} if it is no LoRA, has settings that are not computed, or does not fit.
   */
  async loadAdapter(folder: string): Promise<void> {
    this.#attach(await readAdapter(this.parts, folder));
  }

  /** Writes the adapter alone, as a folder of peft; `base` names the encoder that it belongs to. */
  saveAdapter(folder: string, options: { overwrite?: boolean; base?: string } = {}): Promise<void> {
    return saveAdapter(this.parts, folder, options);
  }

  /** Adds the adapter to the weights, which are trained again from then on. Does nothing without one. */
  merge(): void {
    this.#parts = { ...this.#parts, parameters: mergedParameters(this.parts), adapter: undefined };
    this.invalidate();
  }

  save(folder: string, options?: SaveEncoderOptions): Promise<void> {
    return saveTransformer({ ...this.parts, parameters: mergedParameters(this.parts) }, folder, options);
  }

  async dispose(): Promise<void> {
    const sessions = this.#sessions;
    this.#sessions = undefined;
    for (const { session } of await sessions ?? []) await session.dispose();
  }

  #attach(adapter: AdapterParts): void {
    if (this.#parts.adapter) {
      throw new ArgumentError(
        `Cannot add an adapter to ${this.name}: it has one; merge it first, or go on training it`,
        {
          field: "lora",
        },
      );
    }
    this.#parts = adapted(this.#parts, adapter);
    this.invalidate();
  }

  async #compile(): Promise<{ session: Session; busy: number }[]> {
    const { sessions = 1 } = this.parts;
    const made = Array.from({ length: sessions }, () => compileTransformer(this.parts, { beside: sessions > 1 }));
    return (await Promise.all(made)).map((session) => ({ session, busy: 0 }));
  }
}
