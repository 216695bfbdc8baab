export * from "./compare.ts";
export * from "./errors.ts";
export * from "./files.ts";
export * from "./hash.ts";
export * from "./nearest.ts";
export * from "./progress.ts";
export * from "./random.ts";
export * from "./stop_button.ts";
