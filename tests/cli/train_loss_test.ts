import assert from "node:assert/strict";
import { parse } from "../../lib/cli/arguments.ts";
import { trainCommand } from "../../lib/cli/train.ts";
import { trainLoss } from "../../lib/cli/train_loss.ts";

const named = (...args: string[]) => trainLoss(parse(trainCommand, ["facets", ...args]).options).name;

Deno.test("flags select a loss, its options and its wrappers", () => {
  assert.match(named(), /^infoNCE\(/);
  assert.match(named("--temperature", "0.2"), /temperature=0\.2/);
  assert.equal(named("--loss-option", "temperature=0.2"), named("--temperature", "0.2"));
  assert.match(named("--loss", "triplet", "--margin", "0.3"), /^triplet\(margin=0\.3\)/);
  assert.match(named("--mask-margin", "0.05", "--dimensions", "8,16"), /^matryoshka\(loss=masked\(loss=infoNCE/);
});

const WRONG: [args: string[], message: RegExp][] = [
  [["--loss-option", "temprature=1"], /infoNCE has no option "temprature": did you mean "temperature"/],
  [["--loss-option", "temperature"], /--loss-option must be name=value, found "temperature"/],
  [["--loss-option", "temperature=hot"], /temperature must be a number/],
  [["--margin", "1"], /infoNCE has no option "margin"/],
  [["--teacher", "scores"], /Cannot use --teacher with --loss infoNCE/],
];
for (const [args, message] of WRONG) {
  Deno.test(`train ${args.join(" ")} is refused`, () => assert.throws(() => named(...args), message));
}
