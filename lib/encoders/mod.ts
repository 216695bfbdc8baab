/**
 * Encoders turn texts into vectors: loaded from a folder or the hub, made afresh, or asked over the network.
 *
 * @module
 */
export * from "./types.ts";
export { loadEncoder, type LoadEncoderOptions as EncoderLoadOptions } from "./load.ts";
export { endpointEncoder, type EndpointEncoderOptions } from "./endpoint.ts";
export { type FreshTransformerOptions, staticEncoder, type StaticOptions, transformerEncoder } from "./fresh.ts";
export { StaticEncoder, type StaticParts } from "./static.ts";
export { TransformerEncoder, type TransformerParts } from "./transformer.ts";
export type { TransformerShape } from "./architectures.ts";
export type { DenseSettings, Pooling } from "./modules.ts";
export { Tokenizer, type TokenizerOptions } from "./tokenizer.ts";
export { describeTextCuts, type TextCut, type TextCuts, textCuts, type TextCutsOptions } from "./text_cuts.ts";
export { EmbeddingCache } from "./cache.ts";
export { encodeToCompare } from "./similarity.ts";
export { Safetensors, type WeightTensor } from "./safetensors.ts";
export { type NewTensor, quantiseRows, writeSafetensors } from "./write_safetensors.ts";
