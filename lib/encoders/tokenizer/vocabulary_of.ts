import { type Json, object } from "./json.ts";

/** Limit of ids: two of them fit into one exact number. */
export const MOST_IDS = 2 ** 26;

/** Ids by token. @throws {Error} if the field is not an object of integers. */
export function vocabularyOf(part: Json): Map<string, number> {
  const vocabulary = new Map<string, number>();
  for (const [token, id] of Object.entries(object(part.vocab, "vocab"))) {
    if (!(Number.isInteger(id) && (id as number) >= 0 && (id as number) < MOST_IDS)) {
      throw new Error(
        `the id of ${JSON.stringify(token)} must be an integer >= 0 and < ${MOST_IDS}, found ${JSON.stringify(id)}`,
      );
    }
    vocabulary.set(token, id as number);
  }
  return vocabulary;
}

/** Looks up the id of unknown words on demand, because a vocabulary without it may never need it. */
export function unknownId(vocabulary: ReadonlyMap<string, number>, token: string): () => number {
  return () => {
    const id = vocabulary.get(token);
    if (id === undefined) throw new Error(`a word is unknown and the vocabulary lacks ${JSON.stringify(token)}`);
    return id;
  };
}
