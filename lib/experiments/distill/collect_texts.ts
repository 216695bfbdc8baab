import { ArgumentError } from "../../core/errors.ts";
import { suggestion } from "../../core/nearest.ts";
import { random } from "../../core/random.ts";
import { TEXT_READERS } from "./text_readers.ts";

/** Options of {@link collectTexts}. */
export interface CollectOptions {
  /** Seed of the choice and the order of texts. */
  seed: number;
  /** Most texts per source. */
  limit: number;
}

/**
 * Texts to distill on, without repetition, shuffled. A source is `reader:path`:
 *
 * - `beir:<folder>` titles, sentences and passages of a corpus.jsonl,
 * - `man:<folder>` sentences and paragraphs of manual pages,
 * - `packages:<file>` descriptions in the output of `apt-cache dumpavail`,
 * - `wordnet:<folder>` definitions, examples and questions made of definitions (data.noun, data.verb …),
 * - `lines:<file>` every line.
 *
 * @throws {ArgumentError} for an unknown reader, or a source without text.
 */
export async function collectTexts(sources: readonly string[], options: CollectOptions): Promise<string[]> {
  const all = new Set<string>();
  for (const source of sources) {
    const colon = source.indexOf(":");
    const name = source.slice(0, colon);
    const read = TEXT_READERS[name];
    if (!read) {
      throw new ArgumentError(`Unknown source of text "${source}": ${suggestion(name, Object.keys(TEXT_READERS))}`);
    }
    const texts: string[] = [];
    for await (const text of read(source.slice(colon + 1))) texts.push(text);
    if (texts.length === 0) throw new ArgumentError(`Cannot distill on "${source}": no text found`);
    const chosen = [...new Set(texts)].sort();
    random(options.seed).fork(name).shuffle(chosen);
    for (const text of chosen.slice(0, options.limit)) all.add(text);
  }
  return random(options.seed).fork("order").shuffle([...all].sort());
}
