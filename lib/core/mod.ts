/**
 * What every room uses: errors, random streams, progress, cancellation, files.
 *
 * @module
 */
export { compareCodePoints } from "./compare.ts";
export { ArgumentError, CancelledError, checkCancelled, KitError, type Place } from "./errors.ts";
export { type Content, exists, fileError, pathFault, writeAtomic, type WriteOptions } from "./files.ts";
export { type Hasher, hasher, sha256, sha256File } from "./hash.ts";
export { type Lock, lockFile, type LockOptions } from "./lock.ts";
export { nearest, suggestion } from "./nearest.ts";
export { checkOptions, type OptionKind, type OptionKinds } from "./options.ts";
export { printable, type PrintableOptions } from "./printable.ts";
export { notebookSink, type Progress, progress, type ProgressOptions, type ProgressSink } from "./progress.ts";
export { duration } from "./duration.ts";
export { type Jupyter, notebook } from "./notebook.ts";
export type { AnyPart, OptionSchema, Part, PartArgs, Registry } from "./registry.ts";
export { Random, random, type RandomState } from "./random.ts";
export { stopSignal, turns } from "./stop.ts";
export { isUnspaced, words } from "./words.ts";
