/**
 * A function that takes secrets out of a text, should a server or a proxy repeat them. Too short ones (under 6
 * characters) are words of any text and stay.
 *
 * @example
 * ```ts
 * import { redactor } from "./redact.ts";
 * redactor(["sk-0123456789"])("Incorrect key: sk-0123456789"); // "Incorrect key: [key]"
 * ```
 */
export function redactor(secrets: Iterable<string>): (text: string) => string {
  const long = [...new Set(secrets)].filter((secret) => secret.length >= 6).sort((a, b) => b.length - a.length);
  const forms = long.flatMap((secret) => [secret, encodeURIComponent(secret)]);
  return (text) => forms.reduce((clean, form) => clean.replaceAll(form, "[key]"), text);
}

/** What of an address is secret: its password, and values of its query that are as long as a key. */
export function secretsOf({ password, searchParams }: URL): string[] {
  return [password, decodeURIComponent(password), ...[...searchParams.values()].filter((value) => value.length >= 16)];
}

/** Whether a header can carry a key: visible ASCII only. A header's own complaint would print it. */
export function isHeaderSafe(key: string): boolean {
  return /^[\x21-\x7e]+$/.test(key);
}
