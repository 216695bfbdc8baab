import { HubError } from "./hub_error.ts";

/**
 * What a repository of the hub contains.
 *
 * @category Core
 */
export type RepositoryType = "model" | "dataset";

/** A file of a repository at a commit. */
export interface RemoteFile {
  /** Path in the repository. */
  readonly path: string;
  /** Size in bytes. */
  readonly size: number;
  /** Hex digest: sha256 of the content (large files) or sha1 of the Git blob (all others). */
  readonly digest: { readonly kind: "sha256" | "git"; readonly hex: string };
}

/**
 * The file that an entry of the hub's list describes.
 *
 * @throws {HubError} if the entry is broken, or its path leaves the repository.
 */
export function remoteFile(entry: Record<string, unknown>, repository: string): RemoteFile {
  const { path, size, oid, lfs } = entry as {
    path: unknown;
    size: unknown;
    oid: unknown;
    lfs?: Record<string, unknown>;
  };
  const digest = lfs ? { kind: "sha256" as const, hex: lfs.oid } : { kind: "git" as const, hex: oid };
  const bytes = lfs?.size ?? size;
  const fine = typeof path === "string" && Number.isSafeInteger(bytes) && (bytes as number) >= 0 &&
    typeof digest.hex === "string" && (lfs ? /^[0-9a-f]{64}$/ : /^[0-9a-f]{40}$/).test(digest.hex);
  if (!fine) throw new HubError(`Cannot read the hub's list of ${repository}: an entry is broken`, 200, false);
  const steps = path.split("/");
  if (
    path.includes("\\") || path.includes("\0") || /^[a-z]:/i.test(path) ||
    steps.some((step) => ["", ".", ".."].includes(step))
  ) {
    throw new HubError(
      `Cannot store a file of ${repository}: its path ${JSON.stringify(path)} leaves its folder`,
      200,
      false,
    );
  }
  return { path, size: bytes as number, digest: { kind: digest.kind, hex: digest.hex as string } };
}
