/** The visible character of each byte in byte-level vocabularies. */
const BYTES: readonly string[] = (() => {
  let later = 256;
  return Array.from({ length: 256 }, (_, byte) => {
    const visible = (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
    return String.fromCharCode(visible ? byte : later++);
  });
})();

const PLAIN = /^[!-~]*$/;

/** The UTF-8 bytes of a text as visible characters. */
export function byteCharacters(text: string): string {
  if (PLAIN.test(text)) return text;
  let result = "";
  for (const byte of new TextEncoder().encode(text)) result += BYTES[byte];
  return result;
}
