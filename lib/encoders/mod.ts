/**
 * Encoders turn texts into vectors: loaded from a folder or the hub, made afresh, or asked over the network.
 *
 * @module
 */
export * from "./types.ts";
export { loadEncoder, type LoadEncoderOptions as EncoderLoadOptions } from "./load.ts";
export { endpointEncoder, type EndpointEncoderOptions } from "./endpoint.ts";
export { type FreshTransformerOptions, staticEncoder, type StaticOptions, transformerEncoder } from "./fresh.ts";
export { StaticEncoder } from "./static.ts";
export type { StaticParts } from "./static_parts.ts";
export { TransformerEncoder } from "./transformer.ts";
export type { TransformerParts } from "./transformer_parts.ts";
export { type Activation, ARCHITECTURES, type TransformerShape } from "./architectures/mod.ts";
export type { DenseSettings, Pooling } from "./modules.ts";
export { Tokenizer, type TokenizerOptions } from "./tokenizer.ts";
export { describeTextCuts, type TextCut, type TextCuts, textCuts, type TextCutsOptions } from "./text_cuts.ts";
export { EmbeddingCache } from "./cache.ts";
export { encodeToCompare } from "./similarity.ts";
export { Safetensors, type WeightTensor } from "./safetensors.ts";
export { type NewTensor, quantizeRows, writeSafetensors } from "./write_safetensors.ts";
