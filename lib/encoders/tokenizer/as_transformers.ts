import { addedTokens } from "./added_tokens.ts";
import {
  decoderTokens,
  distinctTokens,
  extraTokens,
  namedTokens,
  specialTokens,
  tokensOf,
} from "./classes/special_tokens.ts";
import { CLASSES, OTHERS, REGISTERED } from "./classes/tokenizer_classes.ts";
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
  const named = config.tokenizer_class ?? model.tokenizer_class;
  const name = typeof named === "string" ? named.replace(/Fast$/, "") : REGISTERED[String(model.model_type)] ?? "";
  if (OTHERS.has(name)) throw new Error(`tokenizer_class ${named ?? name} is not supported`);
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
  const [before, after] = known.around.map(idOf);
  return { ...json, ...steps, added_tokens: tokens, post_processor: template(before, after) };
}

/** A token before or after a text. */
type Mark = { readonly content: string; readonly id: number | undefined };

/** The post-processor that adds one token before and one after every text. */
function template(before: Mark, after: Mark): Json {
  const mark = ({ content }: Mark) => ({ SpecialToken: { id: content, type_id: 0 } });
  const text = (id: string) => ({ Sequence: { id, type_id: 0 } });
  const special = Object.fromEntries(
    [before, after].map(({ content, id }) => [content, { id: content, ids: [id], tokens: [content] }]),
  );
  return {
    type: "TemplateProcessing",
    single: [mark(before), text("A"), mark(after)],
    pair: [mark(before), text("A"), mark(after), text("B"), mark(after)],
    special_tokens: special,
  };
}
