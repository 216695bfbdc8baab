import { type Benchmarks, matmulRate } from "./measurement.ts";

/** What the machine can do: other figures are told as shares of it. */
export const benchmarks: Benchmarks = {
  matmul: async () => [{ name: "1024^3 float32, 2 threads", value: await matmulRate(), unit: "GFLOP/s" }],
};
