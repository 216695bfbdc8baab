import assert from "node:assert/strict";
import { join } from "node:path";
import type { Command } from "../../lib/cli/arguments.ts";
import { runCommand } from "../../lib/cli/run_command.ts";
import { auditCommand } from "../../lib/cli/audit.ts";
import { mineCommand } from "../../lib/cli/mine.ts";
import { searchCommand } from "../../lib/cli/search.ts";
import { trainCommand } from "../../lib/cli/train.ts";
import { FIXTURES } from "../encoders/fixtures.ts";
import { smallCollection, withFolder } from "../experiments/small.ts";

const BERT = join(FIXTURES, "bert");

/** What a command prints on stderr, without progress. */
async function said(command: unknown, ...args: string[]): Promise<string> {
  const { log, error } = console;
  const errors: string[] = [];
  console.log = () => {};
  console.error = (...parts) => void errors.push(parts.join(" "));
  try {
    await runCommand(command as Command, args);
    return errors.join("\n");
  } finally {
    Object.assign(console, { log, error });
  }
}

Deno.test("every command that encodes reports how many texts it truncates, and nothing if none", () =>
  withFolder(async (folder) => {
    // Every fourth of 120 documents is longer than the 40 tokens that the tiny BERT reads.
    const [long, short] = [join(folder, "long"), join(folder, "short")];
    await smallCollection(long, { longer: 50 });
    await smallCollection(short);
    const negatives = join(folder, "random.arrow");
    await said(mineCommand, long, "--source", "random", "--depth", "5", "--out", negatives);
    const query = ["--query", "again ".repeat(60)];
    const CASES: [unknown, string[], RegExp][] = [
      [searchCommand, ["--method", "dense", "--split", "test"], /: 30 of 120 passages \(25\.0 %\)$/m],
      [searchCommand, ["--method", "fused", ...query], /: 30 of 120 passages.*\nThe query is cut to 40 tokens$/m],
      [
        mineCommand,
        ["--source", "dense", "--depth", "3"],
        /30 of 120 passages.*15 of 60 positives of train \(25\.0 %\)/,
      ],
      [auditCommand, ["--depth", "3"], /30 of 120 passages/],
      [
        trainCommand,
        ["--negatives", negatives, "--steps", "1", "--out", join(folder, "out")],
        /15 of 60 positives of train \(25\.0 %\), \d+ of \d+ passages among random negatives/,
      ],
    ];
    for (const [command, args, expected] of CASES) {
      const found = await said(command, long, "--encoder", BERT, ...args);
      assert.match(found, /Cut at 40 tokens, and not read further: /, args.join(" "));
      assert.match(found, expected);
    }
    assert.doesNotMatch(await said(searchCommand, short, "--encoder", BERT, "--method", "dense"), /Cut at/);
    assert.doesNotMatch(await said(mineCommand, long, "--depth", "3"), /Cut at/);
  }));
