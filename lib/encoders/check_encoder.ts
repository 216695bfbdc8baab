import { checkArgument } from "../core/options.ts";

/** @throws {ArgumentError} unless `value` is an encoder. */
export function checkEncoder(caller: string, value: unknown): void {
  checkArgument(caller, value, { what: "encoder", has: "encode", from: "loadEncoder" });
}
