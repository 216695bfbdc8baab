/**
 * Splits a line at ASCII white space only, as C programs do, so that an id may contain an ideographic or no-break space.
 */
export function asciiWords(line: string): string[] {
  return line.split(/[ \t\n\v\f\r]+/).filter((word) => word !== "");
}
