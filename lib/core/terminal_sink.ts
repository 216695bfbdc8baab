/** Whether the cursor is at the end of an unfinished line of progress. */
let lineIsOpen = false;

/** A sink of progress that rewrites one line of the terminal on standard error. */
export function terminalSink() {
  return {
    interval: 100,
    columns: terminalColumns,
    show(line: string, last: boolean): void {
      writeError(`\r\x1b[K${line}${last ? "\n" : ""}`);
      lineIsOpen = !last;
    },
  };
}

/** Ends an unfinished line of progress, so that the next output starts on a new line. */
export function endProgressLine(): void {
  if (lineIsOpen) writeError("\n");
  lineIsOpen = false;
}

/** Writes all of a text to standard error, synchronously. */
export function writeError(text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) at += Deno.stderr.writeSync(bytes.subarray(at));
}

/** One column less than the terminal has: some terminals wrap after the last one. */
function terminalColumns(): number | undefined {
  try {
    const { columns } = Deno.consoleSize();
    return columns > 1 ? columns - 1 : undefined;
  } catch {
    return undefined;
  }
}
