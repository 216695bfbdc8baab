/**
 * Encoders turn texts into vectors: from a folder or the hub, from scratch, or behind a network API.
 *
 * @module
 */
export type {
  EncodedBatch,
  EncodeOptions,
  Encoder,
  ForwardOptions,
  Parameter,
  SaveEncoderOptions,
  Similarity,
  TextInput,
  TextKind,
  TrainableEncoder,
  Vectors,
} from "./types.ts";
export type { Config } from "./config.ts";
export { frozenDocuments } from "./frozen_documents.ts";
export { loadEncoder, type LoadEncoderOptions } from "./load.ts";
export { isCrossEncoder, loadCrossEncoder, type LoadCrossEncoderOptions } from "./load_cross_encoder.ts";
export { CrossEncoder, type CrossEncoderParts, type ScoreOptions, type TextPair } from "./cross_encoder.ts";
export { endpointEncoder, type EndpointEncoderOptions } from "./endpoint.ts";
export {
  staticEncoder,
  type StaticEncoderOptions,
  transformerEncoder,
  type TransformerEncoderOptions,
} from "./from_scratch.ts";
export { StaticEncoder } from "./static.ts";
export type { StaticParts } from "./static_parts.ts";
export { TransformerEncoder } from "./transformer.ts";
export type { TransformerParts } from "./transformer_parts.ts";
export { type Architecture, type ArchitecturePart, ARCHITECTURES } from "./architectures/mod.ts";
export type { Activation, RotarySettings, TransformerShape } from "./blocks/shape.ts";
export type { LoraOptions } from "./adapters/lora_options.ts";
export type { Adapter, Layout, Network, Places } from "./blocks/network.ts";
export type { DenseActivation, DenseSettings } from "./blocks/dense.ts";
export type { Pooling } from "./blocks/pooling.ts";
export type { NamedPrompts } from "./settings.ts";
export { Tokenizer, type TokenizerOptions } from "./tokenizer.ts";
export type { TokenPair } from "./tokenizer/encode_pair.ts";
export { describeTextCuts, type TextCut, type TextCuts, textCuts, type TextCutsOptions } from "./text_cuts.ts";
export { EmbeddingCache, type Lookup } from "./cache.ts";
export { encodeToCompare } from "./similarity.ts";
export { Safetensors, type WeightTensor } from "./safetensors.ts";
export { type NewTensor, quantizeRows, writeSafetensors } from "./write_safetensors.ts";
