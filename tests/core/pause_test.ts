import assert from "node:assert/strict";
import { CancelledError } from "../../lib/core/errors.ts";
import { pause } from "../../lib/core/pause.ts";

Deno.test("a pause lasts as long as requested", async () => {
  const start = performance.now();
  await pause(20, new AbortController().signal);
  assert.ok(performance.now() - start >= 19);
});

Deno.test("a signal ends a pause, with its reason as the cause", async () => {
  const stop = new AbortController();
  const reason = new Error("enough");
  const waiting = pause(600_000, stop.signal);
  stop.abort(reason);
  await assert.rejects(waiting, (error: CancelledError) => error instanceof CancelledError && error.cause === reason);
  await assert.rejects(pause(600_000, AbortSignal.abort()), CancelledError);
});

Deno.test("a pause leaves no listener on its signal", async () => {
  const stop = new AbortController();
  let listeners = 0;
  const { addEventListener, removeEventListener } = stop.signal;
  stop.signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
    listeners++;
    addEventListener.apply(stop.signal, args);
  };
  stop.signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
    listeners--;
    removeEventListener.apply(stop.signal, args);
  };
  await pause(1, stop.signal);
  assert.equal(listeners, 0);
});
