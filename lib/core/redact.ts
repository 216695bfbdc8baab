/**
 * Returns a function that replaces secrets in a text, in case a server or proxy repeats them. Secrets shorter than 6
 * characters may be ordinary words and stay.
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

/** The secret parts of an address: its password, and query values as long as a key (16 characters). */
export function secretsOf({ password, searchParams }: URL): string[] {
  return [password, decodeURIComponent(password), ...[...searchParams.values()].filter((value) => value.length >= 16)];
}

/** Whether a key is visible ASCII, as a header requires; the error for an invalid header would print it. */
export function isHeaderSafe(key: string): boolean {
  return /^[\x21-\x7e]+$/.test(key);
}
