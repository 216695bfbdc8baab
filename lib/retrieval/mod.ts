export * from "./bm25.ts";
export * from "./english.ts";
export * from "./fuse.ts";
export * from "./ids.ts";
export * from "./ranked.ts";
export * from "./types.ts";
