export { defaultCache, hubFile, type HubOptions, hubSnapshot, parseRepository, type Snapshot } from "./hub.ts";
export { HubError, type RepositoryType } from "./hub_api.ts";
