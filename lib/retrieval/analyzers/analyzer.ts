import type { OptionSchema, Part } from "../../core/registry.ts";

/**
 * Turns text into index terms in two steps, so that the second runs once per distinct token.
 *
 * @category Retrieval
 */
export interface Analyzer {
  /**
   * Name, version and options, such as "german@1". Changes whenever the terms of some text change. An index remembers it.
   * An analyzer without one cannot be stored with an index.
   */
  readonly id?: string;
  /** The name and options it was made by; undefined for an analyzer of your own. */
  readonly choice?: { readonly name: string; readonly [option: string]: unknown };
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
export interface AnalyzerPart extends Part<string, OptionSchema, readonly [], Analyzer> {
  /** Increased whenever the terms of some text change. */
  readonly version: number;
}

/**
 * Chooses an analyzer: a name in {@link ANALYZERS}, a name with options such as `{ name: "subword", tokenizer: "folder" }`,
 * or an analyzer of your own.
 *
 * @category Retrieval
 */
export type AnalyzerChoice = string | { readonly name: string; readonly [option: string]: unknown } | Analyzer;
