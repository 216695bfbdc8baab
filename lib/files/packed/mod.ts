/**
 * Compressed files and archives, within limits.
 *
 * @module
 */
export { PACKED, packedBy, refusePointer, unpackedSource } from "./unpack.ts";
export { UnpackBudget, type UnpackLimits } from "./unpack_limits.ts";
export { zipTree } from "./zip.ts";
