import type { Collection } from "../collections/types.ts";
import { describeTextCuts, type Encoder, textCuts, type TextCutsOptions } from "../encoders/mod.ts";

/** Says on stderr how many texts an encoder does not read to their end; nothing if it reads all. */
export function tellCuts(encoder: Encoder, collection: Collection, options: TextCutsOptions): void {
  const cuts = textCuts(encoder, collection, options);
  const said = cuts && describeTextCuts(cuts);
  if (said !== undefined) console.error(said);
}
