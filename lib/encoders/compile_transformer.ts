import { compile, Graph, type Session } from "../graph/mod.ts";
import { mergedParameters } from "./adapters/merge.ts";
import { finished, transformerEmbeddings, WORD } from "./transformer_embeddings.ts";
import type { TransformerParts } from "./transformer_parts.ts";

/** A session of `encode`, with the adapter in the weights; `beside` puts it in a worker of its own, with `types` tokens have types. */
export function compileTransformer(
  parts: TransformerParts,
  { beside, types }: { beside: boolean; types?: boolean },
): Promise<Session> {
  const merged = { ...parts, parameters: mergedParameters(parts), adapter: undefined };
  const embeddings = transformerEmbeddings(new Graph(), merged, { groups: 1, train: false, dropout: 0, types });
  // The token table is read only: as an input it is not copied.
  const weights = Object.fromEntries([...merged.parameters].filter(([name]) => name !== WORD));
  return compile({ embeddings: finished(embeddings, parts) }, {
    threads: parts.threads,
    weights,
    ...(beside ? { beside: { [WORD]: parts.parameters.get(WORD)! } } : {}),
  });
}
