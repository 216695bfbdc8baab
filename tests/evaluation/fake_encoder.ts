import { createHash } from "node:crypto";
import type { Encoder } from "../../lib/encoders/types.ts";

/** An encoder without a model: a text's vector is the sum of vectors drawn from the hashes of its words. */
export function fakeEncoder(dimension = 64): Encoder {
  const word = (text: string) => {
    const bytes = createHash("sha512").update(text).digest();
    return Array.from({ length: dimension }, (_, i) => bytes[i % bytes.length] / 127.5 - 1);
  };
  return {
    kind: "static",
    name: "fake",
    dimension,
    encode(texts) {
      const rows = [...texts].map((text) => {
        const sum = new Array<number>(dimension).fill(0);
        for (const token of text.toLowerCase().match(/\w{4,}/g) ?? []) word(token).forEach((v, i) => sum[i] += v);
        return sum;
      });
      return Promise.resolve({ data: Float32Array.from(rows.flat()), length: rows.length, dimension });
    },
    fingerprint: (kind) => `fake ${kind}`,
    dispose: () => Promise.resolve(),
  };
}
