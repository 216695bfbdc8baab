/**
 * Downloads from the Hugging Face hub, pinned and verified.
 *
 * @module
 */
export { hubFile, hubSnapshot, type Snapshot } from "./snapshot.ts";
export type { HubOptions } from "./pinned.ts";
export { parseRepository } from "./repository.ts";
export type { RepositoryType } from "./remote_file.ts";
export { HubError } from "./hub_error.ts";
export { defaultCache } from "./default_cache.ts";
