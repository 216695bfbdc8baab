export * from "./bm25.ts";
export * from "./english.ts";
export * from "./types.ts";
