/** The visible character that byte-level vocabularies write for each byte. */
const BYTES: readonly string[] = (() => {
  let later = 256;
  return Array.from({ length: 256 }, (_, byte) => {
    const visible = (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
    return String.fromCharCode(visible ? byte : later++);
  });
})();

const PLAIN = /^[!-~]*$/;

/** A text's UTF-8 bytes, each as its visible character. */
export function byteCharacters(text: string): string {
  if (PLAIN.test(text)) return text;
  let result = "";
  for (const byte of new TextEncoder().encode(text)) result += BYTES[byte];
  return result;
}
