import { ArgumentError } from "../core/errors.ts";
import { progress } from "../core/progress.ts";
import { loadEncoder, TransformerEncoder } from "../encoders/mod.ts";
import { distill as distillEncoder, TEXT_READERS } from "../experiments/distill/mod.ts";
import { command } from "./arguments.ts";
import { main } from "./run_command.ts";
import { PROMPT_OPTIONS, promptsOf } from "./shared_options.ts";

/** `deno task distill`: trains a small encoder to reproduce a large one's vectors. */
export const distill = command({
  name: "distill",
  about: "Distill a large encoder into a small one",
  positionals: [
    { name: "teacher", about: "folder of a BERT-like encoder, such as all-MiniLM-L6-v2" },
    { name: "out?", about: "former place of --out" },
  ],
  options: {
    out: { type: "text", about: "folder to write", placeholder: "folder" },
    text: {
      type: "list",
      about: `texts to train on; repeatable; readers: ${Object.keys(TEXT_READERS).join(", ")}`,
      placeholder: "reader:path",
    },
    limit: { type: "integer", about: "most texts of one source", default: 30000 },
    dimension: { type: "integer", about: "dimension of the vectors", default: 256 },
    ...PROMPT_OPTIONS,
    layers: { type: "integer", about: "layers of a transformer; 0 makes a static encoder", default: 0 },
    epochs: { type: "number", about: "passes over the texts; 0 keeps the teacher's token vectors", default: 2 },
    "learning-rate": {
      type: "number",
      about: "peak learning rate [default: 0.03 static, 0.001 transformer]",
      formerly: "rate",
    },
    seed: { type: "integer", about: "seed of texts, order and initial weights", default: 1 },
    cache: { type: "text", about: "folder for the teacher's vectors", placeholder: "folder", default: "data/cache" },
    threads: { type: "integer", about: "threads; 0 for one per core", default: 0 },
    license: {
      type: "text",
      about: "file with provenance and license for the model card",
      placeholder: "file",
      formerly: "licence",
    },
    overwrite: { type: "flag", about: "replace an existing folder" },
  },
  examples: [
    "distill all-MiniLM-L6-v2 --out data/runs/small --text beir:scifact --text man:/usr/share/man",
  ],
  async run({ positionals: [folder, formerOut], options, signal }) {
    const { threads, cache, text, license, overwrite, limit, dimension, layers, epochs, seed } = options;
    const out = options.out ?? formerOut;
    if (out === undefined) throw new ArgumentError("distill needs --out <folder>");
    if (options.out === undefined) console.error("distill: the folder to write is now --out <folder>");
    if (text.length === 0) throw new ArgumentError("distill needs texts: --text <reader:path>");
    const card = license === undefined ? "" : await Deno.readTextFile(license);
    const teacher = await loadEncoder(folder, { cache, threads, ...promptsOf(options) });
    try {
      if (!(teacher instanceof TransformerEncoder)) {
        throw new ArgumentError(`Cannot distill "${folder}": it is not a transformer`);
      }
      const student = await distillEncoder(teacher, {
        ...{ limit, dimension, layers, epochs, seed, threads, signal, sources: text },
        learningRate: options["learning-rate"] ?? (layers > 0 ? 0.001 : 0.03),
        report: (label, total) => progress({ label, total, unit: "steps" }),
      });
      await student.save(out, { card, overwrite, quantize: true });
    } finally {
      await teacher.dispose();
    }
  },
});

if (import.meta.main) await main(distill);
