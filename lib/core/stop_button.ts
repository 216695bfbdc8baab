/** What {@link stopButton} gives. */
export interface StopButton {
  /** A signal that the next press aborts. Read it anew for every piece of work: a pressed one stays aborted. */
  readonly signal: AbortSignal;
}

/**
 * Makes a notebook's stop button end the work and nothing else. Jupyter stops a cell by SIGINT, which kills a Deno
 * kernel and all its variables; after this call it aborts {@link StopButton.signal} instead, and kernel and variables
 * stay. Call it once, in a notebook's first cell.
 *
 * @example
 * ```ts ignore
 * const stop = stopButton();
 * for await (const event of train(encoder, { ...options, signal: stop.signal })) curves.update(event);
 * ```
 */
export function stopButton(): StopButton {
  let controller = new AbortController();
  Deno.addSignalListener("SIGINT", () => {
    const pressed = controller;
    controller = new AbortController();
    pressed.abort(new Error("stopped"));
  });
  return {
    get signal() {
      return controller.signal;
    },
  };
}
