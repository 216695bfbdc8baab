import { type Json, object } from "./json.ts";
import { divideByRegex } from "./regex/divide_by_regex.ts";
import { type Divide, divideAt } from "./split.ts";

/** A pattern of tokenizer.json, `{"String": …}` or `{"Regex": …}`. */
export function readPattern(part: Json): Divide {
  const pattern = object(part.pattern, "pattern");
  if (typeof pattern.String === "string") return divideAt(pattern.String);
  if (typeof pattern.Regex === "string") return divideByRegex(pattern.Regex);
  throw new Error(`pattern must be {"String"} or {"Regex"}, found ${JSON.stringify(pattern).slice(0, 60)}`);
}
