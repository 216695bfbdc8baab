import type { Collection } from "../collections/mod.ts";
import { describeTextCuts, type Encoder, textCuts, type TextCutsOptions } from "../encoders/mod.ts";

/** Reports on stderr how many texts exceed an encoder's maximum length; nothing if none does. */
export function reportCuts(encoder: Encoder, collection: Collection, options: TextCutsOptions): void {
  const cuts = textCuts(encoder, collection, options);
  const description = cuts && describeTextCuts(cuts);
  if (description !== undefined) console.error(description);
}
