/** Ids of a text's bytes, as tokens such as `<0xE2>`; undefined if the vocabulary lacks one. */
export function byteIds(vocabulary: ReadonlyMap<string, number>): (text: string) => readonly number[] | undefined {
  const known = Array.from({ length: 256 }, (_, byte) => {
    return vocabulary.get(`<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`);
  });
  return (text) => {
    const ids: number[] = [];
    for (const byte of new TextEncoder().encode(text)) {
      const id = known[byte];
      if (id === undefined) return undefined;
      ids.push(id);
    }
    return ids;
  };
}
