import type { Source } from "../../tables/mod.ts";
import type {
  Arm,
  ArmNegatives,
  ExperimentConfig,
  Method,
  PartConfig,
  RefreshConfig,
  TrainSettings,
} from "../types.ts";

/**
 * An arm in a configuration that one writes: `null` for the untrained encoder, the name of a method, sources with their
 * negatives per instance (`{ "random": 2 }`), or an object with the settings of {@link Arm} and {@link ArmNegatives} side
 * by side.
 *
 * @category Experiments
 */
export type ArmInput = null | Method | Partial<Record<Source, number>> | ArmSettings;

/**
 * The long form of an {@link ArmInput}.
 *
 * @category Experiments
 */
export interface ArmSettings extends Partial<Omit<ArmNegatives, "refresh">> {
  /** How it ranks the documents. Omit for `fine-tuned`. */
  method?: Method;
  /** Settings of its negatives, which may also be beside this key. */
  negatives?: Partial<Omit<ArmNegatives, "refresh">> & { refresh?: number | RefreshConfig };
  /** New negatives during training: a part, or the steps between two minings with the encoder in training; 0 for none. */
  refresh?: number | RefreshConfig;
  /** Settings in which its training differs. A wrapper as `loss`, such as gist, goes around the loss of all arms. */
  train?: Partial<TrainSettings>;
  /** Text before queries and documents. Omit for the configuration's. */
  prompts?: Arm["prompts"];
}

/**
 * A configuration that one writes: every key may be left out and is then that of `extends`.
 *
 * @category Experiments
 */
export type ConfigInput =
  & Partial<Omit<ExperimentConfig, "arms" | "splits" | "mining" | "train" | "statistics">>
  & {
    /** JSON schema of the file, for editors. */
    $schema?: string;
    /**
     * The preset or configuration file that it builds on; a path is relative to the file.
     * @default {"facets"}
     */
    extends?: string;
    /** The arms by name, or in the full form as a list. */
    arms?: Readonly<Record<string, ArmInput>> | readonly (ArmSettings & { name: string })[];
    /** Splits that differ. */
    splits?: Partial<ExperimentConfig["splits"]>;
    /** Mining settings that differ. */
    mining?: Partial<ExperimentConfig["mining"]>;
    /** Training settings that differ. */
    train?: Partial<TrainSettings> & { loss?: PartConfig };
    /** Statistics that differ. */
    statistics?: Partial<ExperimentConfig["statistics"]>;
  };
