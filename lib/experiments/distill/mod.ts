/** Distillation of small encoders from large ones. */
export { distill, type DistillOptions } from "./distill.ts";
export { TEXT_READERS } from "./text_readers.ts";
