import type { OptionSchema, Part } from "../../core/registry.ts";

/**
 * Turns text into index terms in two steps, so that the second runs once per distinct token.
 *
 * @category Retrieval
 */
export interface Analyzer {
  /** Calls `emit` with every token of a text in order. */
  split(text: string, emit: (token: string) => void): void;
  /** The term a token is indexed under; undefined for a stop word. Depends on the token alone. */
  term(token: string): string | undefined;
}

/**
 * A named analyzer: a part of the registry {@link ANALYZERS}.
 *
 * @category Retrieval
 */
export type AnalyzerPart = Part<string, OptionSchema, readonly [], Analyzer>;
