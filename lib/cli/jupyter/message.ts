import { createHmac } from "node:crypto";
import { KitError } from "../../core/errors.ts";

/** A message of the Jupyter protocol, version 5.3 (jupyter-client.readthedocs.io, "Messaging in Jupyter"). */
export interface Message {
  readonly type: string;
  readonly id: string;
  /** Id of the request that caused it, if any. */
  readonly parent: string | undefined;
  // deno-lint-ignore no-explicit-any -- depends on the type
  readonly content: any;
}

const DELIMITER = "<IDS|MSG>";
const TEXT = new TextEncoder();
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** Id and frames of a request, signed with the connection's key. */
export function encodeRequest(type: string, content: unknown, session: string, key: string): [string, Uint8Array[]] {
  const id = crypto.randomUUID();
  const date = new Date().toISOString();
  const header = { msg_id: id, session, username: "kit", date, msg_type: type, version: "5.3" };
  const parts = [header, {}, {}, content].map((part) => JSON.stringify(part));
  return [id, [DELIMITER, sign(parts, key), ...parts].map((part) => TEXT.encode(part))];
}

/** Reads a message, without the identities before the delimiter. */
export function decodeMessage(frames: readonly Uint8Array[], key: string): Message {
  const texts = frames.map(decode);
  const at = texts.indexOf(DELIMITER);
  if (at < 0 || texts.length < at + 6) throw new KitError(`Cannot read a kernel message of ${frames.length} frames`);
  const parts = texts.slice(at + 2, at + 6);
  if (texts[at + 1] !== sign(parts, key)) throw new KitError("Cannot read a kernel message: wrong signature");
  const [header, parent, , content] = parts.map((part) => JSON.parse(part));
  return { type: header.msg_type, id: header.msg_id, parent: parent.msg_id, content };
}

function sign(parts: readonly string[], key: string): string {
  const hmac = createHmac("sha256", key);
  for (const part of parts) hmac.update(part);
  return hmac.digest("hex");
}
