import { join } from "node:path";
import { ArgumentError, KitError } from "../core/errors.ts";
import { exists, pathFault } from "../core/files.ts";
import { loadEncoder, type TrainableEncoder, TransformerEncoder } from "../encoders/mod.ts";
import { measure } from "../evaluation/mod.ts";
import { type Loss, train } from "../training/mod.ts";
import { command } from "./arguments.ts";
import { reportCuts } from "./report_cuts.ts";
import { main } from "./run_command.ts";
import { COLLECTION, promptsOf } from "./shared_options.ts";
import { showTraining } from "./show_training.ts";
import { TRAIN_FLAGS } from "./train_flags.ts";
import { trainData } from "./train_data.ts";
import { trainLoss } from "./train_loss.ts";
import { checkTrainFlags, trainSettings } from "./train_settings.ts";

/** `deno task train`: fine-tunes an encoder; its folder holds the encoder, events and checkpoints. */
export const trainCommand = command({
  name: "train",
  about: "Fine-tune an encoder on a collection's queries with negatives from a table",
  positionals: [COLLECTION, { name: "more…", about: "further collections; each batch is of one collection" }],
  options: TRAIN_FLAGS,
  examples: [
    "train facets --in-batch --learning-rate 1e-3 --epochs 2 --evaluate dev --out data/runs/first",
    "train facets data/faq --in-batch --collection-temperature 2 --evaluate dev --out data/runs/both",
    "train facets --negatives data/runs/bm25.arrow --mix bm25:7 --temperature 0.05 --out data/runs/bm25",
  ],
  async run({ positionals: names, options: flags, signal }) {
    const { out, split, threads, evaluate, "max-length": maxLength } = flags;
    if (out === undefined) throw new ArgumentError("train needs --out <folder>");
    const fault = pathFault(out);
    if (fault) throw new ArgumentError(`Cannot use --out: ${fault}`);
    const folder = join(out, "encoder");
    if (await exists(folder)) throw new KitError("Cannot train: the encoder of this run exists", { file: folder });
    const loss = trainLoss(flags);
    checkTrainFlags(flags);
    measure(flags.measure);
    const { collection, parts, negatives } = await trainData(names, flags, signal);
    const encoder = await loadEncoder(flags.encoder, {
      ...(maxLength ? { maxLength } : {}),
      ...promptsOf(flags),
      threads,
    });
    reportCuts(encoder, collection, {
      ...{ train: split, negatives, corpus: evaluate !== undefined || flags["refresh-every"] !== undefined },
      splits: evaluate === undefined ? [] : [evaluate],
    });
    const checkpoints = join(out, "checkpoints");
    const inputs = { collection, parts, negatives, loss, folder: checkpoints, signal };
    await showTraining(train(encoder, await trainSettings(flags, inputs)));
    await Deno.copyFile(join(checkpoints, "events.arrow"), join(out, "events.arrow"));
    if (encoder instanceof TransformerEncoder && encoder.parts.adapter) {
      await encoder.saveAdapter(join(out, "adapter"), { base: flags.encoder });
    }
    await encoder.save(folder, { card: card(encoder, names.join(", "), split, loss) });
    await encoder.dispose();
    console.log(`Wrote the encoder to ${folder}`);
  },
});

function card(encoder: TrainableEncoder, collection: string, split: string, loss: Loss): string {
  return `# ${encoder.name}, fine-tuned\n\nTrained on the ${split} split of ${collection} with ${loss.name}.\n`;
}

if (import.meta.main) await main(trainCommand);
