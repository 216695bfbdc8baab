import type { Column, Kind } from "./types.ts";

/** A column that every row fills. */
export function column<K extends Kind>(kind: K, about: string, labels?: readonly string[]): Column<K, false> {
  return { kind, nullable: false, about, labels };
}

/** A column that may be null. */
export function optional<K extends Kind>(kind: K, about: string): Column<K, true> {
  return { kind, nullable: true, about };
}
