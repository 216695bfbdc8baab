import assert from "node:assert/strict";
import { join } from "node:path";
import type { Command } from "../../lib/cli/arguments.ts";
import { auditCommand } from "../../lib/cli/audit.ts";
import { browseCommand } from "../../lib/cli/browse.ts";
import { data } from "../../lib/cli/data.ts";
import { distill } from "../../lib/cli/distill.ts";
import { evaluateCommand } from "../../lib/cli/evaluate.ts";
import { evaluateSuiteCommand } from "../../lib/cli/evaluate_suite.ts";
import experiment from "../../lib/cli/experiment.ts";
import { generateCommand } from "../../lib/cli/generate.ts";
import { help } from "../../lib/cli/help.ts";
import { kernel } from "../../lib/cli/kernel.ts";
import { ledgerCommand } from "../../lib/cli/ledger.ts";
import { mineCommand } from "../../lib/cli/mine.ts";
import { notebooks } from "../../lib/cli/notebooks.ts";
import { pipelineCommand } from "../../lib/cli/pipeline.ts";
import { searchCommand } from "../../lib/cli/search.ts";
import { trainCommand } from "../../lib/cli/train.ts";
import { MEASURES } from "../../lib/evaluation/mod.ts";
import { recipes } from "../../lib/generators/mod.ts";
import { ANALYZERS } from "../../lib/retrieval/mod.ts";
import { LOSSES } from "../../lib/training/mod.ts";

const COMMANDS = [
  ...[auditCommand, browseCommand, data, distill, evaluateCommand, evaluateSuiteCommand, experiment],
  ...[generateCommand, kernel, ledgerCommand, mineCommand, notebooks, pipelineCommand, searchCommand, trainCommand],
] as unknown as Command[];

Deno.test("the help of every task is tested here", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(join(import.meta.dirname!, "..", "..", "deno.json")));
  const named = Object.keys(tasks).filter((name) => tasks[name].command.includes("lib/cli/"));
  assert.deepEqual(named.sort(), COMMANDS.map(({ name }) => name).sort());
});

Deno.test("deno task lists the main job first and developers' tasks last", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(join(import.meta.dirname!, "..", "..", "deno.json")));
  const entries = Object.entries(tasks as Record<string, { description: string; command: string }>);
  assert.equal(entries[0][0], "experiment");
  const apart = entries.map(([, { description }]) => description.startsWith("Developers: "));
  assert.ok(apart.indexOf(true) > 0 && !apart.slice(apart.indexOf(true)).includes(false));
  for (const [name, { command }] of entries) {
    const forUsers = COMMANDS.some((command) => command.name === name) && name !== "notebooks";
    assert.equal(!apart[entries.findIndex(([other]) => other === name)], forUsers, `${name}: ${command}`);
  }
});

for (const command of COMMANDS) {
  Deno.test(`the help of ${command.name} fits in 80 columns; names are words with hyphens, sentences have no full stop`, () => {
    for (const line of help(command).split("\n")) assert.ok(line.length <= 80, line);
    assert.doesNotMatch(command.about, /\.$/);
    for (const [name, { about }] of Object.entries(command.options)) {
      assert.match(name, /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
      assert.doesNotMatch(about, /\.$/, `--${name}: ${about}`);
    }
  });
}

Deno.test("one spelling for one idea in every command", () => {
  const meant = ["batch", "rate", "decay", "output", "licence", "duplicates", "convert", "dry", "group"];
  for (const { name, options } of COMMANDS) {
    for (const option of Object.keys(options)) assert.ok(!meant.includes(option), `${name} --${option}`);
  }
});

Deno.test("choices come from the registries", () => {
  const shown = [generateCommand, searchCommand, evaluateCommand, trainCommand].map((command) =>
    help(command as unknown as Command)
  );
  for (const { name } of recipes.parts) assert.ok(shown[0].includes(`- ${name}: `), name);
  for (const { name } of ANALYZERS.parts) assert.ok(shown[1].includes(`- ${name}: `), name);
  for (const { name } of LOSSES.parts) assert.ok(shown[3].includes(`- ${name}: `), name);
  for (const name of MEASURES.names) assert.ok(shown[2].includes(name), name);
});
