import assert from "node:assert/strict";
import { Tokenizer } from "../../lib/encoders/mod.ts";

/** What oracle/make_tokenizers.py writes. */
interface Cases {
  readonly texts: readonly string[];
  /** The model parts of tokenizer.json by name. */
  readonly models: Record<string, unknown>;
  readonly cases: readonly Case[];
}

interface Case {
  readonly name: string;
  /** tokenizer.json without its model. */
  readonly json: Record<string, unknown>;
  readonly model: string;
  /** tokenizer_config.json and the model's kind, where transformers gave the ids. */
  readonly config?: Record<string, unknown>;
  readonly kind?: string;
  /** Which texts, where not all. */
  readonly texts?: readonly number[];
  /** Ids by text; null where the library panics. */
  readonly ids: readonly (readonly number[] | null)[];
}

/** Compares the ids of every tokenizer with the library's; returns how many tokenizers and texts there were. */
export async function compareTokenizers(file: string): Promise<{ tokenizers: number; compared: number }> {
  const { texts, models, cases } = JSON.parse(await Deno.readTextFile(file)) as Cases;
  const folder = await Deno.makeTempDir();
  const wrong: string[] = [];
  let compared = 0;
  try {
    for (const each of cases) {
      const tokenizer = await tokenizerOf(each, models, folder);
      const some = each.texts?.map((i) => texts[i]) ?? texts;
      assert.equal(some.length, each.ids.length);
      some.forEach((text, i) => {
        const wanted = each.ids[i];
        if (wanted === null) return;
        compared++;
        const found = idsOf(tokenizer, text);
        if (JSON.stringify(found) !== JSON.stringify(wanted)) {
          wrong.push(`${each.name}: ${JSON.stringify(text)} gives ${JSON.stringify(found)}, wanted [${wanted}]`);
        }
      });
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  assert.equal(wrong.length, 0, `${wrong.length} of ${compared} differ:\n${wrong.slice(0, 10).join("\n")}`);
  return { tokenizers: cases.length, compared };
}

async function tokenizerOf({ json, model, config, kind }: Case, models: Record<string, unknown>, folder: string) {
  const whole = JSON.stringify({ ...json, model: models[model] });
  if (kind === undefined) return new Tokenizer(whole, "{}", { special: Boolean(json.post_processor) });
  await Deno.writeTextFile(`${folder}/tokenizer.json`, whole);
  await Deno.writeTextFile(`${folder}/tokenizer_config.json`, JSON.stringify(config));
  return await Tokenizer.load(folder, { model: { model_type: kind } });
}

function idsOf(tokenizer: Tokenizer, text: string): number[] | string {
  try {
    return [...tokenizer.encode(text)];
  } catch (error) {
    return (error as Error).message;
  }
}
