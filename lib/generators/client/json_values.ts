/** The JSON objects of a body, with or without the lines of server-sent events around them, and what follows them. */
export function jsonValues(raw: string): { values: Record<string, unknown>[]; rest: string } {
  const values: Record<string, unknown>[] = [];
  const around = /[\s\ufeff,]+|data:|\[DONE\]|(?:event|id|retry):?[^\n]*|:[^\n]*|[[\]]/y;
  let at = 0;
  while (at < raw.length) {
    around.lastIndex = at;
    if (around.test(raw)) {
      at = around.lastIndex;
      continue;
    }
    if (raw[at] !== "{") break;
    const end = objectEnd(raw, at);
    if (end < 0) break;
    try {
      values.push(JSON.parse(raw.slice(at, end)));
    } catch {
      break;
    }
    at = end;
  }
  return { values, rest: raw.slice(at) };
}

/** Index after the object that begins at `start`; -1 if it does not end. */
function objectEnd(raw: string, start: number): number {
  let depth = 0;
  for (let at = start; at < raw.length; at++) {
    const c = raw[at];
    if (c === '"') {
      while (++at < raw.length && raw[at] !== '"') if (raw[at] === "\\") at++;
    } else if (c === "{" || c === "[") depth++;
    else if ((c === "}" || c === "]") && --depth === 0) return at + 1;
  }
  return -1;
}
