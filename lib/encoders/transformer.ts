import { ArgumentError, KitError } from "../core/errors.ts";
import { hasher } from "../core/hash.ts";
import { random } from "../core/random.ts";
import type { Graph } from "../graph/graph.ts";
import { add, compile, concat, gather, Graph as NewGraph, mul, reshape, type Session, split } from "../graph/mod.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { Dim, Feeds } from "../graph/types.ts";
import type { TransformerShape } from "./architectures.ts";
import type { EmbeddingCache } from "./cache.ts";
import { encodeTexts } from "./encode.ts";
import { grouped, joined, packedFeeds, touchedRows, transformerFlops } from "./packing.ts";
import { saveTransformer } from "./save_transformer.ts";
import type { DenseSettings, Pooling } from "./modules.ts";
import type { NamedPrompts } from "./settings.ts";
import type { Tokenizer } from "./tokenizer.ts";
import { embed, layers, type Layout, pool, project, unit } from "./transformer_graph.ts";
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

/** Everything that makes a {@link TransformerEncoder}. */
export interface TransformerParts {
  readonly name: string;
  readonly shape: TransformerShape;
  readonly parameters: Map<string, Parameter>;
  readonly tokenizer: Tokenizer;
  readonly pooling: Pooling;
  readonly dense: readonly DenseSettings[];
  readonly normalise: boolean;
  /** Prompts of the folder by name, kept when the encoder is saved. @default none but `prompts` */
  readonly named?: NamedPrompts;
  /** How vectors are compared. @default "cosine" */
  readonly similarity?: Similarity;
  readonly prompts: Readonly<Record<TextKind, string>>;
  /** config.json that was read, kept when the encoder is saved. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly cache?: EmbeddingCache;
  /** Threads of {@link TransformerEncoder.encode}; 0 for as many as there are cores. */
  readonly threads?: number;
  /** Sessions of {@link TransformerEncoder.encode} that compute side by side; the vectors are the same. @default 1 */
  readonly sessions?: number;
}

const WORD = "embeddings.word";

/** Tokens of a batch of `encode`, counted as texts times the longest of them: what the caches of a processor hold. */
const BUDGET = 1024;

/**
 * Groups of texts that a training step computes one after the other within one graph. Texts of like length stand
 * together, so that each group pads attention to its own longest, and what passes between operations stays in the cache.
 */
const GROUPS = 4;

/** Rows of dropout's factors beyond a batch's tokens: places of the network begin to read at different ones. */
const SHIFTS = 256;

/** An encoder of the BERT family, computed on packed tokens: nothing is padded outside attention. */
export class TransformerEncoder implements TrainableEncoder {
  readonly kind = "transformer";
  readonly name: string;
  readonly dimension: number;
  readonly parts: TransformerParts;
  readonly similarity: Similarity;
  readonly unit: boolean;
  /** Sessions of `encode`, and how many batches each of them has to compute. */
  #sessions?: Promise<{ session: Session; busy: number }[]>;
  #digest?: string;
  #changed = false;

  /** Use {@link loadEncoder} or {@link transformerEncoder}. */
  constructor(parts: TransformerParts) {
    this.parts = parts;
    this.similarity = parts.similarity ?? "cosine";
    this.unit = parts.normalise;
    this.name = parts.name;
    this.dimension = parts.dense.at(-1)?.outputs ?? parts.shape.width;
    const { vocabulary } = parts.shape;
    // Tokens added beyond the table are refused where a text holds one: many folders name a token that they never use.
    if (parts.tokenizer.modelSize > vocabulary) {
      throw new KitError(
        `Cannot use encoder ${this.name}: its tokenizer has ${parts.tokenizer.modelSize} tokens, its table ${vocabulary} rows`,
      );
    }
  }

  get parameters(): ReadonlyMap<string, Parameter> {
    return this.parts.parameters;
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
    const { shape, pooling, dense, normalise, prompts, tokenizer } = this.parts;
    this.#digest ??= weightsDigest(this.parameters);
    const settings = { shape, pooling, dense, normalise, maxLength: tokenizer.maxLength, prompt: prompts[kind] };
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

  /** Encodes one batch of token ids, special ones included: `[texts, dimension]`, row after row. */
  async encodeTokens(texts: readonly Int32Array[]): Promise<Float32Array> {
    const { shape, pooling } = this.parts;
    const sessions = await (this.#sessions ??= this.#compile());
    const lane = sessions.reduce((least, each) => each.busy < least.busy ? each : least);
    const ids = joined(texts);
    const tokens = { data: ids, shape: [ids.length] };
    const word = this.parameters.get(WORD)!;
    lane.busy++;
    try {
      const result = await lane.session.run({ [WORD]: word, ...packedFeeds([texts], shape, pooling), tokens });
      return result.embeddings.data as Float32Array;
    } finally {
      lane.busy--;
    }
  }

  forward(graph: Graph, { dropout = 0 }: ForwardOptions = {}): Tensor {
    if (!(dropout >= 0 && dropout < 1)) throw new ArgumentError(`Found dropout ${dropout}, wanted 0 or more, below 1`);
    const embeddings = this.#embeddings(graph, { groups: GROUPS, train: true, dropout });
    return this.unit || this.similarity === "cosine" ? unit(embeddings) : embeddings;
  }

  batch(
    texts: readonly TextInput[],
    { dropout = 0, seed = 0 }: { dropout?: number; seed?: number } = {},
  ): EncodedBatch {
    const { tokenizer, prompts, shape, pooling } = this.parts;
    const ids = texts.map(({ text, kind }) => tokenizer.encode(prompts[kind] + text));
    const { groups, order } = grouped(ids, GROUPS);
    const { rows, indices } = touchedRows(groups.flat());
    const feeds: Feeds = {
      ...packedFeeds(groups, shape, pooling),
      tokens: { data: indices, shape: [indices.length] },
      order: { data: order, shape: [order.length] },
    };
    if (dropout > 0) Object.assign(feeds, dropoutFeeds(indices.length, shape.width, { dropout, seed }));
    return {
      feeds,
      rows: new Map([[WORD, rows]]),
      tokens: ids.reduce((sum, each) => sum + each.length, 0),
      flops: transformerFlops(ids, shape),
    };
  }

  touched(): void {
    this.#digest = undefined;
    this.#changed = true;
    // The sessions hold the weights as they were.
    this.dispose().catch(() => {});
  }

  save(folder: string, options?: SaveEncoderOptions): Promise<void> {
    return saveTransformer(this.parts, folder, options);
  }

  async dispose(): Promise<void> {
    const sessions = this.#sessions;
    this.#sessions = undefined;
    for (const { session } of await sessions ?? []) await session.dispose();
  }

  async #compile(): Promise<{ session: Session; busy: number }[]> {
    const { sessions = 1 } = this.parts;
    const made = Array.from({ length: sessions }, () => this.#session(sessions > 1));
    return (await Promise.all(made)).map((session) => ({ session, busy: 0 }));
  }

  #session(beside: boolean): Promise<Session> {
    const embeddings = this.#embeddings(new NewGraph(), { groups: 1, train: false, dropout: 0 });
    const { normalise, threads } = this.parts;
    // The token table is only read from: fed, it need not be copied.
    const weights = Object.fromEntries([...this.parameters].filter(([name]) => name !== WORD));
    return compile({ embeddings: normalise ? unit(embeddings) : embeddings }, {
      threads,
      weights,
      ...(beside ? { beside: { [WORD]: this.parameters.get(WORD)! } } : {}),
    });
  }

  /** Embeddings `[texts, dimension]` before normalisation, computed in `groups` of texts of like length. */
  #embeddings(graph: Graph, { groups, train, dropout }: { groups: number; train: boolean; dropout: number }): Tensor {
    const { shape, dense } = this.parts;
    const int32 = (name: string, ...shape: Dim[]) => graph.input(name, { dtype: "int32", shape });
    const word = graph.parameter(WORD, ["rows", shape.width]);
    const tokens = int32("tokens", "tokens");
    const positions = int32("positions", "tokens");
    const drop = dropout > 0 ? dropoutPlaces(graph, shape) : undefined;
    const rows = drop ? int32("dropout_rows", "tokens") : undefined;
    const outer = { texts: "texts", length: "length", heads: same, rows: same, dropout: drop?.(rows!, 0) ?? same };
    const x = embed(graph, shape, gather(word, tokens), { positions }, outer);
    const size = (name: string, group: number) => groups === 1 ? name : `${name}.${group}`;
    const { heads, width } = shape;
    const rowsOfHeads = (x: Tensor) => reshape(x, [-1, width / heads]);
    const unpads = Array.from({ length: groups }, (_, group) => int32(`unpad.${group}`, size("tokens", group), heads));
    const sizes = unpads.map(({ shape }) => shape[0]);
    const parts = groups === 1 ? [x] : split(x, { axis: 0, sizes });
    const places = rows && groups > 1 ? split(rows, { axis: 0, sizes }) : [rows];
    const pooled = parts.map((part, group) => {
      const [texts, length] = [size("texts", group), size("length", group)];
      const padded = [texts, heads, length];
      const unpad = reshape(unpads[group], [-1]);
      const pad = reshape(int32(`pad.${group}`, ...padded), [-1]);
      const real = train ? graph.input(`real.${group}`, { shape: [...padded, 1] }) : undefined;
      const layout: Layout = {
        texts,
        length,
        bias: graph.input(`attention_bias.${group}`, { shape: [texts, 1, 1, length] }),
        // One gather of rows of heads pads the texts and brings the heads before the tokens.
        heads: (x) => reshape(gather(rowsOfHeads(x), pad, { inverse: unpad }), [...padded, width / heads]),
        // What the gradient's gather brings to the padding must not reach the keys of real tokens.
        rows: (x) => reshape(gather(rowsOfHeads(real ? mul(x, real) : x), unpad, { inverse: pad }), part.shape),
        dropout: drop?.(places[group]!, 1) ?? same,
      };
      const weights = graph.input(`pool.${group}`, { shape: [texts, length] });
      return pool(layers(graph, shape, part, layout), weights, layout);
    });
    // Groups hold the texts by length: bring them back into the order in which they were given.
    const ordered = groups === 1 ? pooled[0] : gather(concat(pooled, { axis: 0 }), int32("order", "texts"));
    return project(graph, ordered, dense);
  }
}

const same = (x: Tensor): Tensor => x;

/**
 * Dropout behind the embeddings, attention and feed-forward of every layer, by one fed matrix of factors, 0 or 1/(1-p),
 * that every place of the network reads from another row on; drawing factors for each place would take as long as the
 * network itself.
 */
function dropoutPlaces(graph: Graph, shape: TransformerShape): (rows: Tensor, first: number) => (x: Tensor) => Tensor {
  const factors = graph.input("dropout", { shape: ["factors", shape.width] });
  const order = random("dropout").sample(SHIFTS, 1 + 2 * shape.layers);
  return (rows, first) => {
    let place = first;
    return (x) => mul(x, gather(factors, add(rows, graph.constant(order[place++], { dtype: "int32" }))));
  };
}

function dropoutFeeds(tokens: number, width: number, { dropout, seed }: { dropout: number; seed: number }): Feeds {
  const draw = random(seed).fork("dropout");
  const limit = dropout * 2 ** 32;
  const data = new Float32Array((tokens + SHIFTS) * width);
  for (let i = 0; i < data.length; i++) if (draw.bits() >= limit) data[i] = 1 / (1 - dropout);
  return {
    dropout: { data, shape: [tokens + SHIFTS, width] },
    dropout_rows: { data: Int32Array.from({ length: tokens }, (_, i) => i), shape: [tokens] },
  };
}
