import assert from "node:assert/strict";
import { displayWidth } from "../../lib/core/display_width.ts";
import { progressLine } from "../../lib/core/progress_line.ts";
import { duration, notebookSink, progress, type ProgressSink } from "../../lib/core/mod.ts";

/** Keeps the lines. */
function recorder(interval = 0): ProgressSink & { lines: { line: string; last: boolean }[] } {
  const lines: { line: string; last: boolean }[] = [];
  return { interval, lines, show: (line, last) => void lines.push({ line, last }) };
}

Deno.test("a line has count, share, rate, remaining time and note; the last one has the total time", () => {
  const sink = recorder();
  const report = progress({ label: "mining", total: 200, unit: "queries", sink });
  report.update(50, "loss 0.5");
  report.finish("done well");
  assert.equal(sink.lines.length, 2);
  assert.match(sink.lines[0].line, /^mining: 50\/200 queries \(25 %\), [\d.,]+\/s, .+ left, loss 0\.5$/);
  assert.match(sink.lines[1].line, /^mining: 50\/200 queries \(25 %\), [\d.,]+\/s, .+ in all, done well$/);
  assert.deepEqual(sink.lines.map(({ last }) => last), [false, true]);
});

Deno.test("without a total there is no share and no remaining time", () => {
  const sink = recorder();
  const report = progress({ label: "reading", sink });
  report.update(7);
  assert.match(sink.lines[0].line, /^reading: 7 items, [\d.,]+\/s$/);
});

Deno.test("lines come no faster than the sink allows, and never when quiet", () => {
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

Deno.test("a pipe gets whole lines on standard error", async () => {
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

Deno.test("durations are readable", () => {
  const cases: [number, string][] = [
    [-1, "0.0 s"],
    [0, "0.0 s"],
    [0.04, "0.0 s"],
    [0.25, "0.3 s"],
    [9.94, "9.9 s"],
    [9.96, "10 s"],
    [12.4, "12 s"],
    [59.6, "60 s"],
    [99.4, "99 s"],
    [99.5, "1 min 40 s"],
    [119.4, "1 min 59 s"],
    [119.6, "2 min 0 s"],
    [200, "3 min 20 s"],
    [239.4, "3 min 59 s"],
    [239.5, "4 min 0 s"],
    [239.7, "4 min 0 s"],
    [5999, "99 min 59 s"],
    [5999.6, "1 h 40 min"],
    [7169, "1 h 59 min"],
    [7171, "2 h 0 min"],
    [7199.9, "2 h 0 min"],
    [7500, "2 h 5 min"],
    [35_999, "10 h 0 min"],
    [360_000, "100 h 0 min"],
    [Infinity, "?"],
    [NaN, "?"],
  ];
  for (const [seconds, words] of cases) assert.equal(duration(seconds), words, `${seconds} s`);
  for (let tenths = 0; tenths < 80_000; tenths++) assert.doesNotMatch(duration(tenths / 10), /min 60 s|h 60 min/);
});

Deno.test("a notebook has one display, which ends with the last line", () => {
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

Deno.test("a line fits the columns: the least important parts go first", () => {
  const parts = {
    head: "training: 130/520 steps (25 %)",
    rate: "9.31/s",
    time: "42 s left",
    note: ["loss 0.4312", "epoch 0.50", "learning rate 1.0e-2", "12,345 tokens/s"],
  };
  const whole = progressLine(parts);
  const shown = new Map<string, number>();
  for (let columns = 0; columns <= whole.length; columns++) {
    const line = progressLine(parts, columns);
    assert.ok(displayWidth(line) <= columns, `${columns}: ${line}`);
    if (!shown.has(line)) shown.set(line, columns);
  }
  assert.deepEqual([...shown.keys()].filter((line) => !line.includes("…") && line !== ""), [
    "training: 130/520 steps (25 %)",
    "training: 130/520 steps (25 %), 42 s left",
    "training: 130/520 steps (25 %), 42 s left, loss 0.4312",
    "training: 130/520 steps (25 %), 9.31/s, 42 s left, loss 0.4312",
    "training: 130/520 steps (25 %), 9.31/s, 42 s left, loss 0.4312, epoch 0.50",
    "training: 130/520 steps (25 %), 9.31/s, 42 s left, loss 0.4312, epoch 0.50, learning rate 1.0e-2",
    whole,
  ]);
  for (const [line, columns] of shown) assert.equal(displayWidth(line), columns, "as soon as it fits");
});

Deno.test("a label in any script, with emoji, or with line breaks takes one line of the terminal's columns", () => {
  for (
    const label of ["训练检索模型", "モデルの学習", "모델 학습", "👨‍👩‍👧‍👦 🇨🇭 ✔️", "ฝึกแบบจำลอง", "नमूना", "two\nlines\ttab"]
  ) {
    const parts = { head: `${label}: 1/2 items (50 %)`, rate: "1.00/s", time: "1.0 s left", note: ["loss 1"] };
    for (let columns = 1; columns < 70; columns++) {
      const line = progressLine(parts, columns);
      assert.ok(displayWidth(line) <= columns && !/[\n\t]/.test(line), `${columns}: ${line}`);
    }
  }
});

Deno.test("columns of characters are those of wcwidth: two for East Asian ones and emoji, none for marks", () => {
  const cases: [string, number][] = [["abc", 3], ["训练", 4], ["ﾊﾟ", 2], ["Ａ", 2], ["한글", 4], ["e\u0301", 1], [
    "กำ",
    2,
  ]];
  cases.push(["👍", 2], ["👍🏽", 2], ["👨‍👩‍👧", 2], ["🇨🇭", 2], ["❤️", 2], ["…", 1], ["±", 1], ["\u200b", 0], ["", 0]);
  for (const [text, width] of cases) assert.equal(displayWidth(text), width, text);
});

Deno.test("a resumed loop computes its rate from its starting point", async () => {
  const sink = recorder();
  const report = progress({ label: "training", total: 1010, unit: "steps", from: 1000, sink });
  await new Promise((resolve) => setTimeout(resolve, 100));
  report.update(1001);
  const rate = Number(/([\d.]+)\/s/.exec(sink.lines[0].line)![1]);
  assert.ok(rate < 11, `${rate} a second`);
});

const script = await new Deno.Command("script", { args: ["--version"] }).output().catch(() => undefined);
if (!script?.success) console.log("No terminal is tested: there is no `script` (util-linux)");

Deno.test({
  name: "in a terminal a line fits its width, and an error starts on a new line",
  ignore: !script?.success,
  async fn() {
    const from = (path: string) => JSON.stringify(new URL(`../../lib/${path}`, import.meta.url).href);
    // Inside the project, so that the command finds the import map.
    const parent = new URL("../.output", import.meta.url).pathname;
    await Deno.mkdir(parent, { recursive: true });
    const folder = await Deno.makeTempDir({ dir: parent });
    try {
      await Deno.writeTextFile(
        `${folder}/work.ts`,
        `import { CancelledError } from ${from("core/errors.ts")};
        import { progress } from ${from("core/progress.ts")};
        import { command } from ${from("cli/arguments.ts")};
        import { runCommand } from ${from("cli/run_command.ts")};
        const work = command({ name: "work", about: "", positionals: [], options: {}, async run() {
          const report = progress({ label: "a long label of a long loop", total: 200, unit: "steps" });
          await new Promise((resolve) => setTimeout(resolve, 150));
          report.update(20, "loss 0.1234, epoch 0.50, learning rate 1.0e-2, 12,345 tokens/s");
          throw new CancelledError("Cancelled after 20 of 200 steps");
        } });
        Deno.exit(await runCommand(work, []));`,
      );
      const inside = `stty cols 64; ${Deno.execPath()} run -A ${folder}/work.ts`;
      const { stdout } = await new Deno.Command("script", { args: ["-qec", inside, "/dev/null"] }).output();
      const lines = new TextDecoder().decode(stdout).split(/[\r\n]+/)
        // deno-lint-ignore no-control-regex -- the terminal's escape sequences
        .map((line) => line.replaceAll(/\x1b\[[\d;]*[A-Za-z]/g, "")).filter((line) => line !== "");
      assert.equal(lines.at(-1), "work: Cancelled after 20 of 200 steps");
      assert.match(lines.at(-2)!, /^a long label of a long loop: 20\/200 steps \(10 %\), [\d.]+ s left$/);
      assert.ok(lines.every((line) => line.length < 64), lines.join("|"));
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
