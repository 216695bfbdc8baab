import { KitError } from "../../core/errors.ts";
import { refusePointer } from "../../files/packed/unpack.ts";
import { Config } from "../config.ts";
import type { Json } from "./json.ts";

/** Text of a tokenizer's file; `fallback` if it does not exist. */
export async function readTokenizerFile(path: string, fallback?: string): Promise<string> {
  try {
    const text = await Deno.readTextFile(path);
    refusePointer(text, path);
    return text;
  } catch (cause) {
    if (cause instanceof KitError) throw cause;
    const missing = cause instanceof Deno.errors.NotFound;
    if (missing && fallback !== undefined) return fallback;
    const why = missing ? "the file does not exist" : (cause as Error).message;
    throw new KitError(`Cannot read a tokenizer: ${why}`, { file: path }, { cause });
  }
}

/** tokenizer_config.json, with the entries of special_tokens_map.json in older folders. */
export async function readTokenizerSettings(folder: string): Promise<Json> {
  const { values: config } = await Config.optional(`${folder}/tokenizer_config.json`);
  if (config.added_tokens_decoder !== undefined) return config;
  const { values: special } = await Config.optional(`${folder}/special_tokens_map.json`);
  return { ...config, ...Object.fromEntries(Object.entries(special).map(([role, token]) => [role, marked(token)])) };
}

/** A token of special_tokens_map.json in the form of tokenizer_config.json. */
function marked(token: unknown): unknown {
  if (Array.isArray(token)) return token.map(marked);
  if (typeof token !== "object" || token === null || !("content" in token)) return token;
  return { __type: "AddedToken", ...token, special: true };
}
