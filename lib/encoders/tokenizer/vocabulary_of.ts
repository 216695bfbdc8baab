import { type Json, object } from "./json.ts";

/** Ids are below this, so that two of them fit into one exact number. */
export const MOST_IDS = 2 ** 26;

/** Ids by token. @throws {Error} if the field is no object of whole numbers. */
export function vocabularyOf(part: Json): Map<string, number> {
  const vocabulary = new Map<string, number>();
  for (const [token, id] of Object.entries(object(part.vocab, "vocab"))) {
    if (!(Number.isInteger(id) && (id as number) >= 0 && (id as number) < MOST_IDS)) {
      throw new Error(
        `the id of ${JSON.stringify(token)} must be a whole number below ${MOST_IDS}, found ${JSON.stringify(id)}`,
      );
    }
    vocabulary.set(token, id as number);
  }
  return vocabulary;
}

/** Looks up the id of unknown words on demand: a vocabulary without one may never need it. */
export function unknownId(vocabulary: ReadonlyMap<string, number>, token: string): () => number {
  return () => {
    const id = vocabulary.get(token);
    if (id === undefined) throw new Error(`a word is unknown and the vocabulary lacks ${JSON.stringify(token)}`);
    return id;
  };
}
