import { ArgumentError, checkCancelled } from "../../core/errors.ts";
import type { Progress } from "../../core/progress.ts";
import { inverseFrequencies } from "../../encoders/from_scratch.ts";
import { StaticEncoder } from "../../encoders/static.ts";
import { Tokenizer } from "../../encoders/tokenizer.ts";
import type { TransformerEncoder } from "../../encoders/transformer.ts";
import { parameter } from "../../encoders/weights.ts";
import { type Components, principalComponents, transformed } from "./principal_components.ts";

/**
 * Power of its deviation that divides each component: half whitened, so that the few directions that all tokens share do
 * not drown the many that distinguish them.
 */
export const WHITENING = 0.5;

/** Tokens that the teacher encodes at a time. */
const BLOCK = 1024;

/** Options of {@link distillTokens}. */
export interface DistillTokensOptions {
  dimension: number;
  /** Texts to count inverse document frequencies in. */
  texts: readonly string[];
  name: string;
  progress?: Progress;
  signal?: AbortSignal;
}

/**
 * Builds a static encoder from a teacher alone, as Model2Vec does: the teacher encodes every token of the vocabulary,
 * principal components keep `dimension` numbers of each, half whitened, and a token weighs its inverse document
 * frequency. Also returns the components, in which the teacher's vectors of texts are comparable with the encoder's.
 *
 * @throws {ArgumentError} if the dimension is greater than the teacher's.
 */
export async function distillTokens(
  teacher: TransformerEncoder,
  options: DistillTokensOptions,
): Promise<{ encoder: StaticEncoder; components: Components }> {
  const { dimension, texts, name } = options;
  if (!(Number.isInteger(dimension) && dimension > 0 && dimension <= teacher.dimension)) {
    throw new ArgumentError(
      `dimension must be an integer from 1 to the teacher's ${teacher.dimension}, found ${dimension}`,
      { field: "dimension" },
    );
  }
  const taught = teacher.parts.tokenizer;
  const vectors = await tokenVectors(teacher, options);
  const components = principalComponents(vectors, teacher.dimension, dimension);
  const data = transformed(vectors, components, WHITENING);
  const tokenizer = new Tokenizer(taught.json, taught.configJson, { special: false, lowerCase: taught.lowerCase });
  weigh(data, dimension, inverseFrequencies(texts, tokenizer));
  const embeddings = parameter("embeddings.word", [taught.size, dimension], data);
  const prompts = { query: "", document: "" };
  return { encoder: new StaticEncoder({ name, tokenizer, embeddings, normalize: true, prompts }), components };
}

/** The teacher's vector of every token, `[tokens, width]`. */
async function tokenVectors(
  teacher: TransformerEncoder,
  { progress, signal }: DistillTokensOptions,
): Promise<Float32Array> {
  // Not the length of the weights: some tables are padded with rows that no token has.
  const { size } = teacher.parts.tokenizer;
  const [first, last] = marks(teacher.parts.tokenizer);
  const vectors = new Float32Array(size * teacher.dimension);
  for (let begin = 0; begin < size; begin += BLOCK) {
    checkCancelled(signal, `encoding the tokens at ${begin} of ${size}`);
    const ids = Array.from(
      { length: Math.min(BLOCK, size - begin) },
      (_, i) => Int32Array.of(...first, begin + i, ...last),
    );
    vectors.set(await teacher.encodeTokens(ids), begin * teacher.dimension);
    progress?.update(begin + ids.length);
  }
  return vectors;
}

/** Multiplies every row by its weight, and scales the whole to a mean square of 1. */
function weigh(data: Float32Array, dimension: number, weights: ArrayLike<number>): void {
  for (let i = 0; i < data.length; i++) data[i] *= weights[Math.floor(i / dimension)];
  let squares = 0;
  for (const x of data) squares += x * x;
  const scale = 1 / Math.sqrt(squares / data.length);
  for (let i = 0; i < data.length; i++) data[i] *= scale;
}

/** Ids that the tokenizer puts before and after a text. */
function marks(tokenizer: Tokenizer): [Int32Array, Int32Array] {
  const bare = tokenizer.cutAt(Infinity, false).encode("a");
  const marked = tokenizer.encode("a");
  const at = marked.indexOf(bare[0]);
  return [marked.slice(0, at), marked.slice(at + bare.length)];
}
