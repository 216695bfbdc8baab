import { join } from "node:path";
import { KitError } from "../core/errors.ts";
import { exists } from "../core/files.ts";

/** Files of weights in unsupported formats, and their origin. */
const OTHER_WEIGHTS: Readonly<Record<string, string>> = {
  "pytorch_model.bin": "PyTorch's pickle",
  "pytorch_model.bin.index.json": "PyTorch's pickles",
  "tf_model.h5": "TensorFlow's",
  "flax_model.msgpack": "Flax's",
  "rust_model.ot": "rust-bert's",
  "adapter_model.safetensors": "of an adapter only",
  "adapter_model.bin": "of an adapter only",
};

const CONVERT = 'In Python, SentenceTransformer("this folder").save_pretrained("another") writes the missing files';

/**
 * Refuses a folder that would give wrong vectors, and says how to convert one that lacks files.
 *
 * @param folder Folder of the weights and the tokenizer.
 * @throws {KitError} if it has an adapter, no safetensors, or no tokenizer.json.
 */
export async function checkFolder(folder: string): Promise<void> {
  const has = (name: string) => exists(join(folder, name));
  if (await has("adapter_config.json")) {
    throw new KitError(
      "Found adapter_config.json: an adapter is not merged into the weights beside it, and without it the vectors are " +
        'wrong. loadEncoder("the encoder it belongs to", { adapter: "this folder" }) adds it. In Python, peft\'s merge_and_unload() and then save_pretrained("another") write a merged folder',
      { file: join(folder, "adapter_config.json") },
    );
  }
  if (!await has("model.safetensors") && !await has("model.safetensors.index.json")) {
    for (const [name, whose] of Object.entries(OTHER_WEIGHTS)) {
      if (await has(name)) {
        throw new KitError(`Found ${name}, wanted model.safetensors: these weights are ${whose}. ${CONVERT}`, {
          file: folder,
        });
      }
    }
    throw new KitError("Found no model.safetensors", { file: folder });
  }
  if (await has("tokenizer.json")) return;
  for (const name of ["vocab.txt", "vocab.json", "spiece.model", "sentencepiece.bpe.model", "tokenizer.model"]) {
    if (await has(name)) throw new KitError(`Found ${name}, wanted tokenizer.json. ${CONVERT}`, { file: folder });
  }
  throw new KitError("Found no tokenizer.json", { file: folder });
}
