import type { UnpackBudget } from "./packed/unpack_limits.ts";

/** A readable stream of bytes: a file, an entry of a zip file. */
export interface ByteSource {
  /** Path or name, for errors. */
  readonly name: string;
  /** Size on disk in bytes. Omit if {@link open} yields that many. */
  readonly size?: number;
  /** Path of the file on disk, if it is one. */
  readonly path?: string;
  /** Limits for its compressed parts. Omit for the default limits. */
  readonly budget?: UnpackBudget;
  /** Opens the stream at its first byte. */
  open(): AsyncIterable<Uint8Array>;
}

/** Files of a folder, a zip file or a snapshot of a hub. */
export interface FileTree {
  /** Name, for errors. */
  readonly name: string;
  /** Files by path, with forward slashes. */
  readonly files: ReadonlyMap<string, ByteSource>;
}
