import { KitError } from "../../core/errors.ts";
import { DENSE_ACTIVATIONS, type DenseActivation } from "../blocks/dense.ts";
import type { Pooling } from "../blocks/pooling.ts";
import type { Config } from "../config.ts";

/** One linear layer of a classifier by the name of its tensors. */
export interface ClassifierLayer {
  readonly tensor: string;
  readonly activation: DenseActivation;
  readonly bias: boolean;
  /** Layer normalization behind it. Omit for none. */
  readonly norm?: { readonly tensor: string; readonly epsilon: number; readonly bias: boolean };
}

/** What stands behind the network in a `…ForSequenceClassification`. */
export interface Classifier {
  readonly pooling: Pooling;
  readonly layers: readonly ClassifierLayer[];
}

/** Layers with biases, of the first token's vector. */
function first(...layers: readonly (readonly [tensor: string, activation: DenseActivation])[]): Classifier {
  return { pooling: "cls", layers: layers.map(([tensor, activation]) => ({ tensor, activation, bias: true })) };
}

const ROBERTA = first(["classifier.dense", "tanh"], ["classifier.out_proj", "identity"]);

/** Activations of ModernBERT's classifier by their names in config.json. */
const ACTIVATIONS = Object.fromEntries(
  Object.entries(DENSE_ACTIVATIONS).map(([name, each]) => [name.toLowerCase(), each]),
);

/** Classifiers by architecture. */
const CLASSIFIERS: Readonly<Record<string, (config: Config) => Classifier>> = {
  bert: () => first(["bert.pooler.dense", "tanh"], ["classifier", "identity"]),
  roberta: () => ROBERTA,
  "xlm-roberta": () => ROBERTA,
  camembert: () => ROBERTA,
  mpnet: () => ROBERTA,
  distilbert: () => first(["pre_classifier", "relu"], ["classifier", "identity"]),
  electra: () => first(["classifier.dense", "gelu"], ["classifier.out_proj", "identity"]),
  nomic_bert: () => first(["nomic_bert.pooler.dense", "tanh"], ["classifier", "identity"]),
  modernbert: (config) => ({
    pooling: config.choice("classifier_pooling", {
      what: "pooling",
      known: { cls: "cls", mean: "mean" } as const,
      fallback: "cls",
    }),
    layers: [{
      tensor: "head.dense",
      activation: config.choice("classifier_activation", { what: "activation", known: ACTIVATIONS, fallback: "gelu" }),
      bias: config.values.classifier_bias === true,
      norm: {
        tensor: "head.norm",
        epsilon: config.number("norm_eps", 1e-5),
        bias: config.values.norm_bias === true,
      },
    }, { tensor: "classifier", activation: "identity", bias: true }],
  }),
};

/**
 * The classifier of a checkpoint.
 *
 * @throws {KitError} if config.json names no `…ForSequenceClassification` of a known architecture.
 */
export function classifierOf(config: Config): Classifier {
  const classes = [config.values.architectures ?? []].flat();
  const type = config.text("model_type");
  if (!classes.some((name) => String(name).endsWith("ForSequenceClassification"))) {
    throw new KitError(
      `A cross-encoder must be a …ForSequenceClassification, found ${
        JSON.stringify(config.values.architectures) ?? "nothing"
      }`,
      { file: config.file, field: "architectures" },
    );
  }
  if (Object.hasOwn(CLASSIFIERS, type)) return CLASSIFIERS[type](config);
  const known = Object.keys(CLASSIFIERS).join(", ");
  throw new KitError(`Cannot score with the architecture "${type}": wanted ${known}`, { file: config.file });
}
