import { type Benchmarks, matmulRate } from "./measurement.ts";

/** The machine's matmul rate, the unit of other benchmarks. */
export const benchmarks: Benchmarks = {
  matmul: async () => [{ name: "1024^3 float32, 2 threads", value: await matmulRate(), unit: "GFLOP/s" }],
};
