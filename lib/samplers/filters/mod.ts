export * from "./absolute_margin.ts";
export * from "./cross_encoder.ts";
export * from "./judged.ts";
export * from "./near_duplicates.ts";
export * from "./positive_guard.ts";
export * from "./rank_window.ts";
export * from "./relative_margin.ts";
export * from "./score_window.ts";
