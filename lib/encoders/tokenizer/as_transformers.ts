import { addedTokens } from "./added_tokens.ts";
import {
  decoderTokens,
  distinctTokens,
  extraTokens,
  namedTokens,
  specialTokens,
  tokensOf,
} from "./classes/special_tokens.ts";
import { CLASSES, classOf, OTHERS } from "./classes/tokenizer_classes.ts";
import type { TokenizerFiles } from "./classes/types.ts";
import { type Json, list } from "./json.ts";

/**
 * tokenizer.json as transformers 5 runs it. Some classes, such as BertTokenizer, take only its vocabulary and build the
 * steps from tokenizer_config.json (`do_lower_case`, `strip_accents` …). Every class adds the tokens of the configuration.
 *
 * @throws {Error} if the class is unsupported.
 */
export function asTransformers(files: TokenizerFiles): Json {
  const { json, config, model } = files;
  const name = classOf(files);
  if (OTHERS.has(name)) {
    throw new Error(`tokenizer_class ${config.tokenizer_class ?? model.tokenizer_class ?? name} is not supported`);
  }
  const known = Object.hasOwn(CLASSES, name) ? CLASSES[name] : undefined;
  const special = specialTokens(config, known?.special ?? {});
  const listed = json.added_tokens ? list(json, "added_tokens") : [];
  const added = [
    ...(known ? [] : listed),
    ...decoderTokens(config, listed),
    ...namedTokens(special),
    ...extraTokens(config),
  ];
  if (!known) return { ...json, added_tokens: distinctTokens(added) };
  const steps = known.steps(files, special);
  const vocabulary = tokensOf(steps.model);
  const tokens = addedTokens(distinctTokens(added), vocabulary);
  const idOf = (role: string) => {
    const { content } = special[role];
    return { content, id: tokens.find((token) => token.content === content)?.id ?? vocabulary.get(content) };
  };
  if (!known.around) return { ...json, ...steps, added_tokens: tokens };
  const post_processor = template(known.around.map(idOf), known.pair === "doubled");
  return { ...json, ...steps, added_tokens: tokens, post_processor };
}

/** A token before or after a text. */
type Mark = { readonly content: string; readonly id: number | undefined };

/** The post-processor that adds one token before and one after every text. */
function template([before, after]: readonly Mark[], doubled: boolean): Json {
  const mark = ({ content }: Mark, type_id = 0) => ({ SpecialToken: { id: content, type_id } });
  const text = (id: string, type_id = 0) => ({ Sequence: { id, type_id } });
  const first = [mark(before), text("A"), mark(after)];
  const special = Object.fromEntries(
    [before, after].map(({ content, id }) => [content, { id: content, ids: [id], tokens: [content] }]),
  );
  return {
    type: "TemplateProcessing",
    single: first,
    pair: doubled ? [...first, mark(after), text("B"), mark(after)] : [...first, text("B", 1), mark(after, 1)],
    special_tokens: special,
  };
}
