import { ArgumentError } from "../core/errors.ts";

/**
 * Parses `owner/name` or `owner/name@revision`, with or without `hf:` before it.
 *
 * @throws {ArgumentError} if the name is anything else.
 *
 * @category Core
 *
 * @example
 * ```ts
 * import { parseRepository } from "./repository.ts";
 * console.log(parseRepository("hf:BeIR/scifact@main")); // { repository: "BeIR/scifact", revision: "main" }
 * ```
 */
export function parseRepository(name: string): { repository: string; revision?: string } {
  const match = /^(?:hf:)?([\w.-]+\/[\w.-]+)(?:@([\w.,/-]+))?$/.exec(name);
  if (!match || /(^|\/)\.{1,2}(\/|$)/.test(match[1])) {
    throw new ArgumentError(`Cannot read "${name}" as a repository: expected hf:owner/name or hf:owner/name@revision`);
  }
  return { repository: match[1], revision: match[2] };
}
