import assert from "node:assert/strict";
import { duration, notebookSink, progress, type ProgressSink } from "../../lib/core/mod.ts";

/** Keeps the lines. */
function recorder(interval = 0): ProgressSink & { lines: { line: string; last: boolean }[] } {
  const lines: { line: string; last: boolean }[] = [];
  return { interval, lines, show: (line, last) => void lines.push({ line, last }) };
}

Deno.test("a line has count, share, rate, time left, note; the last one the time in all", () => {
  const sink = recorder();
  const report = progress({ label: "mining", total: 200, unit: "queries", sink });
  report.update(50, "loss 0.5");
  report.finish("done well");
  assert.equal(sink.lines.length, 2);
  assert.match(sink.lines[0].line, /^mining: 50\/200 queries \(25 %\), [\d.,]+\/s, .+ left, loss 0\.5$/);
  assert.match(sink.lines[1].line, /^mining: 50\/200 queries \(25 %\), [\d.,]+\/s, .+ in all, done well$/);
  assert.deepEqual(sink.lines.map(({ last }) => last), [false, true]);
});

Deno.test("without a total there is neither share nor time left", () => {
  const sink = recorder();
  const report = progress({ label: "reading", sink });
  report.update(7);
  assert.match(sink.lines[0].line, /^reading: 7 items, [\d.,]+\/s$/);
});

Deno.test("lines come no faster than the sink wants, and none when quiet", () => {
  const sink = recorder(60_000);
  const report = progress({ label: "fast", total: 1000, sink });
  for (let i = 0; i < 1000; i++) report.update(i);
  assert.equal(sink.lines.length, 0);
  report.finish();
  assert.equal(sink.lines.length, 1);
  const silent = recorder();
  progress({ label: "quiet", sink: silent, quiet: true }).finish();
  assert.equal(silent.lines.length, 0);
});

Deno.test("to a pipe whole lines go, to standard error", async () => {
  const script = `
    import { progress } from ${JSON.stringify(new URL("../../lib/core/progress.ts", import.meta.url).href)};
    const report = progress({ label: "work", total: 2 });
    report.update(1);
    report.finish();
    console.log("result");`;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), { args: ["eval", script] }).output();
  assert.equal(new TextDecoder().decode(stdout), "result\n");
  assert.match(new TextDecoder().decode(stderr), /^work: 1\/2 items \(50 %\), [\d.,]+\/s, .+ in all\n$/);
});

Deno.test("durations read as a person would say them", () => {
  assert.deepEqual([0.25, 9.96, 12.4, 200, 5999, 7500, Infinity].map(duration), [
    "0.3 s",
    "10.0 s",
    "12 s",
    "3 min 20 s",
    "99 min 59 s",
    "2 h 5 min",
    "?",
  ]);
});

Deno.test("in a notebook one display is updated and settles with the last line", () => {
  const shown: { line: unknown; id: unknown; update: unknown }[] = [];
  const sink = notebookSink({
    display(bundle, options) {
      shown.push({ line: bundle["text/plain"], id: options.display_id, update: options.update });
      return Promise.resolve();
    },
  });
  const report = progress({ label: "work", total: 3, sink: { ...sink, interval: 0 } });
  report.update(1);
  report.update(3);
  report.finish();
  assert.deepEqual(shown.map(({ update }) => update), [false, true, true]);
  assert.equal(new Set(shown.map(({ id }) => id)).size, 1);
  assert.match(String(shown[2].line), /^work: 3\/3 items \(100 %\), .* in all$/);
});
