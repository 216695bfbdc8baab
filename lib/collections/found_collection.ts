import type { FileTree } from "../files/byte_source.ts";
import type { Layout } from "./layout.ts";

/** Files of a collection before they are read. */
export interface FoundCollection {
  /** Which files hold which part. */
  readonly layout: Layout;
  /** The files. */
  readonly tree: FileTree;
  /** Where they come from, with the revision and the subset. */
  readonly origin: string;
}
