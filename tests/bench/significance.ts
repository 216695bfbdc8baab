import { compareArms, random } from "../../mod.ts";
import { type Benchmarks, seconds } from "./measurement.ts";

/** Statistics of an experiment: every arm against the baseline and the best, 10,000 resamples each. */
export const benchmarks: Benchmarks = {
  "10 arms": async () => {
    const stream = random("arms");
    const arms = Object.fromEntries(Array.from({ length: 10 }, (_, arm) => [
      `arm ${arm}`,
      Array.from({ length: 3 }, () => Float64Array.from({ length: 1083 }, () => stream.next() + arm / 200)),
    ]));
    const { seconds: taken } = await seconds(() => compareArms(arms));
    return [{ name: "10 arms x 3 seeds x 1,083 queries", value: taken, unit: "s", aim: { atMost: 2 } }];
  },
};
