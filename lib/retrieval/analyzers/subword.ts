import { fileURLToPath } from "node:url";
import * as z from "zod";
import { KitError } from "../../core/errors.ts";
import { Tokenizer } from "../../encoders/tokenizer.ts";
import type { AnalyzerPart } from "./analyzer.ts";

const BUILT_IN = "built-in";

/** Subword tokens of an encoder's tokenizer: terms for every language that it was made for. */
export const subword: AnalyzerPart = {
  name: "subword",
  version: 1,
  about: "tokens of a tokenizer.json, such as a multilingual encoder's",
  options: z.strictObject({
    /** A tokenizer.json, a folder that holds one, or "built-in". */
    tokenizer: z.string().min(1).default(BUILT_IN),
  }),
  make({ tokenizer }: { tokenizer: string }) {
    const file = fileOf(tokenizer);
    const made = new Tokenizer(read(file), "{}", { special: false, file });
    return {
      id: made.fingerprint,
      split(text, emit) {
        for (const id of made.encode(text)) emit(made.token(id) ?? String(id));
      },
      term: (token) => token,
    };
  },
};

function fileOf(tokenizer: string): string {
  if (tokenizer === BUILT_IN) {
    return fileURLToPath(new URL("../../../data/encoders/static/tokenizer.json", import.meta.url));
  }
  return tokenizer.endsWith(".json") ? tokenizer : `${tokenizer.replace(/[/\\]$/, "")}/tokenizer.json`;
}

function read(file: string): string {
  try {
    return Deno.readTextFileSync(file);
  } catch (cause) {
    const why = cause instanceof Deno.errors.NotFound ? "the file is not there" : (cause as Error).message;
    throw new KitError(`Cannot read a tokenizer: ${why}`, { file }, { cause });
  }
}
