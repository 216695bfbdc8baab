/**
 * The words of a line as C programs part them: at ASCII white space alone, so that an id may have an ideographic or a
 * no-break space.
 */
export function asciiWords(line: string): string[] {
  return line.split(/[ \t\n\v\f\r]+/).filter((word) => word !== "");
}
