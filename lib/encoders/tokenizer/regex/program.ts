import type { CharacterSet } from "./character_set.ts";
import type { Place } from "./expression.ts";

/** One step of a program. The next one follows unless the step names another. */
export type Step =
  | { readonly op: "set"; readonly set: CharacterSet }
  | { readonly op: "split"; readonly first: number; readonly second: number; readonly mark: number }
  | { readonly op: "jump"; readonly to: number }
  | { readonly op: "look"; readonly program: Program; readonly negative: boolean; readonly behind: number }
  | { readonly op: "atomic"; readonly program: Program }
  | { readonly op: "place"; readonly place: Place }
  | { readonly op: "match" };

/** A compiled regular expression. */
export interface Program {
  readonly steps: readonly Step[];
  /** Number of splits. */
  readonly marks: number;
}
