import type { Collection } from "../../collections/types.ts";
import { KitError } from "../../core/errors.ts";
import { exists } from "../../core/files.ts";
import { loadEncoder } from "../../encoders/mod.ts";
import { evaluateEncoder, means } from "../../evaluation/mod.ts";
import { type Mix, samplers } from "../../negatives/mod.ts";
import type { NEGATIVES } from "../../tables/schema.ts";
import type { Table } from "../../tables/table.ts";
import { train } from "../../training/mod.ts";
import { infoNCE } from "../../training/losses/mod.ts";
import type { Stage } from "../stage.ts";

/** Negatives of each source in an instance. */
const MIX: Mix = { synthetic: 1, bm25: 1, dense: 2 };

/** Fine-tunes the encoder, which is saved in the run's folder; a run that was killed goes on from its last checkpoint. */
export async function trainStage(
  stage: Stage,
  collection: Collection,
  negatives: Table<typeof NEGATIVES>,
): Promise<string> {
  const { folder, settings, tell, signal } = stage;
  const saved = folder.file("encoder");
  if (await exists(saved)) return saved;
  const { epochs, seed, measure, encoder: name } = settings;
  const encoder = await loadEncoder(name);
  const { learningRate = encoder.kind === "static" ? 3e-3 : 2e-5 } = settings;
  const kept = new Set<string>();
  for (const { source, verdict } of negatives.rows()) if (verdict === "kept") kept.add(source);
  const mix = Object.fromEntries(Object.entries(MIX).filter(([source]) => kept.has(source)));
  if (Object.keys(mix).length === 0) throw new KitError("Cannot train: the filters left no negative");
  tell(`Training ${name} for ${epochs} epochs with ${Object.entries(mix).map((part) => part.join(" ")).join(", ")}`);
  try {
    const events = train(encoder, {
      ...{ collection, negatives, epochs, seed, learningRate, signal },
      sampler: samplers.hybrid(mix, { seed }),
      inBatch: true,
      loss: infoNCE({ temperature: 0.05 }),
      evaluate: {
        name: "dev",
        measure,
        run: async (trained) =>
          Object.fromEntries(
            means((await evaluateEncoder(trained, collection, { split: "dev", measures: [measure], signal })).scores),
          ),
      },
      folder: folder.file("checkpoints"),
      resume: true,
    });
    for await (const event of events) {
      if (event.type === "evaluation") {
        tell(`step ${event.step}: ${measure} on dev ${event.values[measure].toFixed(4)}`);
      }
    }
    const card = `# ${name}, fine-tuned\n\nTrained on queries that ${settings.model} wrote for documents.\n`;
    await encoder.save(saved, { card });
  } finally {
    await encoder.dispose();
  }
  return saved;
}
