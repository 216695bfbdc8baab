const SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

/**
 * A WordPiece vocabulary of the most frequent words that occur at least twice, and of every character, alone and as a
 * continuation, so that a new word of known letters is spelled out. As in BERT, words are lower case and without accents,
 * and punctuation is separate.
 */
export function learnVocabulary(texts: Iterable<string>, size: number): string[] {
  const counts = new Map<string, number>();
  const characters = new Map<string, number>();
  for (const text of texts) {
    const plain = text.toWellFormed().toLowerCase().normalize("NFD").replaceAll(/\p{Mn}/gu, "");
    for (const [word] of plain.matchAll(/[\p{L}\p{N}]+|[^\s\p{L}\p{N}\p{C}]/gu)) {
      counts.set(word, (counts.get(word) ?? 0) + 1);
      for (const character of word) characters.set(character, (characters.get(character) ?? 0) + 1);
    }
  }
  const frequent = (map: Map<string, number>) =>
    [...map].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([word]) => word);
  const letters = frequent(characters).slice(0, 1000);
  const tokens = new Set([...SPECIAL, ...letters, ...letters.map((letter) => `##${letter}`)]);
  for (const word of frequent(counts)) {
    if (tokens.size >= size || counts.get(word)! < 2) break;
    tokens.add(word);
  }
  return [...tokens];
}

/** tokenizer.json of a WordPiece vocabulary with BERT's word splitting. */
export function wordPieceJson(tokens: readonly string[], { special }: { special: boolean }): string {
  const id = (token: string) => tokens.indexOf(token);
  const mark = (token: string) => ({ SpecialToken: { id: token, type_id: 0 } });
  const sequence = (name: string, type: number) => ({ Sequence: { id: name, type_id: type } });
  return JSON.stringify({
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: SPECIAL.map((content) => ({
      id: id(content),
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: {
      type: "BertNormalizer",
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: true,
      lowercase: true,
    },
    pre_tokenizer: { type: "BertPreTokenizer" },
    post_processor: special
      ? {
        type: "TemplateProcessing",
        single: [mark("[CLS]"), sequence("A", 0), mark("[SEP]")],
        pair: [mark("[CLS]"), sequence("A", 0), mark("[SEP]"), sequence("B", 1), mark("[SEP]")],
        special_tokens: Object.fromEntries(
          ["[CLS]", "[SEP]"].map((token) => [token, { id: token, ids: [id(token)], tokens: [token] }]),
        ),
      }
      : null,
    decoder: { type: "WordPiece", prefix: "##", cleanup: true },
    model: {
      type: "WordPiece",
      unk_token: "[UNK]",
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(tokens.map((token, i) => [token, i])),
    },
  });
}
