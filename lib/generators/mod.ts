export { COLLECTION_POOLS, drawAttributes } from "./attributes.ts";
export { generate, type GenerateOptions } from "./generate.ts";
export { Ledger, type LedgerRow, type LedgerTotals, openLedger } from "./ledger.ts";
export { type GenerationSummary, generationSummary } from "./outcomes.ts";
export { readReply, type Reply } from "./read/reply.ts";
export { recipeId, recipeOf, recipes } from "./recipes/registry.ts";
export type { SubjectOptions } from "./subjects.ts";
export * from "./types.ts";
