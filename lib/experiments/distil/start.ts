import { ArgumentError, checkCancelled } from "../../core/errors.ts";
import type { Progress } from "../../core/progress.ts";
import { inverseFrequencies } from "../../encoders/fresh.ts";
import { StaticEncoder } from "../../encoders/static.ts";
import { Tokenizer } from "../../encoders/tokenizer.ts";
import type { TransformerEncoder } from "../../encoders/transformer.ts";
import { parameter } from "../../encoders/weights.ts";
import { type Components, principalComponents, transformed } from "./components.ts";

/**
 * Each component is divided by this power of its deviation: half-way to white, so that the few directions that all
 * tokens share do not drown the many that tell them apart.
 */
export const WHITENING = 0.5;

/** Options of {@link distilTokens}. */
export interface DistilTokensOptions {
  dimension: number;
  /** Texts that inverse document frequencies are counted in. */
  texts: readonly string[];
  name: string;
  progress?: Progress;
  signal?: AbortSignal;
}

/**
 * A static encoder out of a teacher alone (as Model2Vec does it): every token of the vocabulary goes through the
 * teacher, principal components keep `dimension` numbers of each, half whitened, and a token weighs its inverse document
 * frequency. The components come with it: in them, the teacher's vectors of texts are what the encoder's are like.
 *
 * @throws {ArgumentError} if the dimension is greater than the teacher's
 */
export async function distilTokens(
  teacher: TransformerEncoder,
  options: DistilTokensOptions,
): Promise<{ encoder: StaticEncoder; components: Components }> {
  const { dimension, texts, name, progress, signal } = options;
  if (!(Number.isInteger(dimension) && dimension > 0 && dimension <= teacher.dimension)) {
    throw new ArgumentError(`Found dimension ${dimension}, wanted 1 to ${teacher.dimension}, the teacher's`, {
      field: "dimension",
    });
  }
  const taught = teacher.parts.tokenizer;
  // Some tables are padded with rows that no token has.
  const size = taught.size;
  const [first, last] = marks(taught);
  const vectors = new Float32Array(size * teacher.dimension);
  for (let begin = 0; begin < size; begin += 1024) {
    checkCancelled(signal, `reading the teacher's tokens at ${begin} of ${size}`);
    const ids = Array.from(
      { length: Math.min(1024, size - begin) },
      (_, i) => Int32Array.of(...first, begin + i, ...last),
    );
    vectors.set(await teacher.encodeTokens(ids), begin * teacher.dimension);
    progress?.update(begin + ids.length);
  }
  const components = principalComponents(vectors, teacher.dimension, dimension);
  const data = transformed(vectors, components, WHITENING);
  const tokenizer = new Tokenizer(taught.json, taught.configJson, { special: false, lowerCase: taught.lowerCase });
  const weights = inverseFrequencies(texts, tokenizer);
  for (let id = 0; id < size; id++) {
    for (let j = id * dimension; j < (id + 1) * dimension; j++) data[j] *= weights[id];
  }
  let squares = 0;
  for (const x of data) squares += x * x;
  const scale = 1 / Math.sqrt(squares / data.length);
  for (let i = 0; i < data.length; i++) data[i] *= scale;
  const embeddings = parameter("embeddings.word", [size, dimension], data);
  const prompts = { query: "", document: "" };
  return { encoder: new StaticEncoder({ name, tokenizer, embeddings, normalise: true, prompts }), components };
}

/** Ids that the tokenizer puts before and behind a text. */
function marks(tokenizer: Tokenizer): [Int32Array, Int32Array] {
  const bare = tokenizer.cutAt(Infinity, false).encode("a");
  const marked = tokenizer.encode("a");
  const at = marked.indexOf(bare[0]);
  return [marked.slice(0, at), marked.slice(at + bare.length)];
}
