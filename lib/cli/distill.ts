import { ArgumentError } from "../core/errors.ts";
import { progress } from "../core/progress.ts";
import { loadEncoder } from "../encoders/load.ts";
import { PROMPT_OPTIONS, promptsOf } from "./prompt_options.ts";
import { TransformerEncoder } from "../encoders/transformer.ts";
import { distill as distillEncoder, TEXT_READERS } from "../experiments/distill/mod.ts";
import { command } from "./arguments.ts";
import { main } from "./run_command.ts";

export const distill = command({
  name: "distill",
  about: "Makes a small encoder that gives the vectors of a large one",
  positionals: [
    { name: "teacher", about: "folder of a BERT-like encoder, such as all-MiniLM-L6-v2" },
    { name: "out", about: "folder to write" },
  ],
  options: {
    text: {
      type: "list",
      about: `freely usable text, reader:path, may be repeated; readers: ${Object.keys(TEXT_READERS).join(", ")}`,
      placeholder: "source",
    },
    limit: { type: "integer", about: "most texts of one source", default: 30000 },
    dimension: { type: "integer", about: "numbers in a vector", default: 256 },
    ...PROMPT_OPTIONS,
    layers: { type: "integer", about: "layers of a transformer; 0 makes a static encoder", default: 0 },
    epochs: { type: "number", about: "passes over the texts; 0 leaves the teacher's tokens as they are", default: 2 },
    rate: { type: "number", about: "learning rate of AdamW (0.03 for static encoders, 0.001 for transformers)" },
    seed: { type: "integer", about: "decides texts, order and starting numbers", default: 1 },
    cache: { type: "text", about: "folder that keeps the teacher's vectors", default: "data/cache" },
    threads: { type: "integer", about: "threads; 0 for as many as there are cores", default: 0 },
    licence: { type: "text", about: "file with notes on provenance and licence for the model card" },
    overwrite: { type: "flag", about: "replace the folder" },
  },
  examples: [
    "distill all-MiniLM-L6-v2 data/runs/small --text beir:scifact --text man:/usr/share/man --epochs 2",
  ],
  async run({ positionals: [folder, out], options, signal }) {
    const { threads, cache, text, rate, licence, overwrite, "query-prompt": _, "document-prompt": __, ...rest } =
      options;
    if (text.length === 0) throw new ArgumentError("Cannot distil without text: give --text reader:path");
    const card = licence === undefined ? "" : await Deno.readTextFile(licence);
    const teacher = await loadEncoder(folder, { cache, threads, ...promptsOf(options) });
    if (!(teacher instanceof TransformerEncoder)) {
      throw new ArgumentError(`Cannot distill "${folder}": it is not a transformer`);
    }
    try {
      const student = await distillEncoder(teacher, {
        ...rest,
        sources: text,
        learningRate: rate ?? (rest.layers > 0 ? 0.001 : 0.03),
        threads,
        report: (label, total) => progress({ label, total, unit: "steps" }),
        signal,
      });
      await student.save(out, { card, overwrite, quantise: true });
    } finally {
      await teacher.dispose();
    }
  },
});

if (import.meta.main) await main(distill);
