/** Whether the cursor of the terminal is behind a line of progress. */
let lineIsOpen = false;

/** A sink of progress that rewrites one line of the terminal at standard error. */
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

/** Ends the line of progress that the terminal shows, if there is one, so that what is written next has its own line. */
export function endProgressLine(): void {
  if (lineIsOpen) writeError("\n");
  lineIsOpen = false;
}

/** Writes to standard error at once, the whole of it. */
export function writeError(text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) at += Deno.stderr.writeSync(bytes.subarray(at));
}

/** One column less than the terminal has: in the last one some would begin a new line. */
function terminalColumns(): number | undefined {
  try {
    const { columns } = Deno.consoleSize();
    return columns > 1 ? columns - 1 : undefined;
  } catch {
    return undefined;
  }
}
