import process from "node:process";
import * as ort from "onnxruntime-node";

/** One number that a benchmark measured. */
export interface Measurement {
  readonly name: string;
  readonly value: number;
  /** "ms", "docs/s", "MB/s", "share of matmul", "GB" … */
  readonly unit: string;
  /** Target, such as { atMost: 2.5 }. A missed target is reported, but is not a failure. */
  readonly aim?: { atLeast?: number; atMost?: number };
}

/** Export `benchmarks` of a file of tests/bench, by name; each runs in its own process. */
export type Benchmarks = Record<string, () => Promise<Measurement[]>>;

/** Runs `work`; returns its seconds and its result. */
export async function seconds<T>(work: () => T | Promise<T>): Promise<{ seconds: number; result: T }> {
  const start = performance.now();
  const result = await work();
  return { seconds: (performance.now() - start) / 1000, result };
}

/** Seconds of the fastest of `rounds` runs, the one least disturbed. */
export async function fastest(rounds: number, work: () => unknown): Promise<number> {
  let best = Infinity;
  for (let i = 0; i < rounds; i++) best = Math.min(best, (await seconds(work)).seconds);
  return best;
}

/** Peak memory of this process, in bytes. */
export function peakMemory(): number {
  return process.resourceUsage().maxRSS * 1024;
}

/** A 1024 x 1024 x 1024 float32 product in ONNX Runtime on 2 threads, as a reference. */
export interface Matmul {
  /** GFLOP in one product. */
  readonly gflop: number;
  run(): Promise<unknown>;
  release(): Promise<void>;
}

/** Makes a {@link Matmul}. */
export async function matmul(): Promise<Matmul> {
  const size = 1024;
  const session = await ort.InferenceSession.create(matmulModel(), { intraOpNumThreads: 2 });
  const matrix = (step: number) =>
    new ort.Tensor("float32", Float32Array.from({ length: size * size }, (_, i) => Math.sin(i * step)), [size, size]);
  const feeds = { a: matrix(0.1), b: matrix(0.3) };
  const fetches = { c: new ort.Tensor("float32", new Float32Array(size * size), [size, size]) };
  return {
    gflop: 2 * size ** 3 / 1e9,
    run: () => session.run(feeds, fetches),
    release: () => session.release(),
  };
}

/** This machine's matmul rate in GFLOP/s, the best of `rounds`. */
export async function matmulRate(rounds = 20): Promise<number> {
  const { gflop, run, release } = await matmul();
  const best = await fastest(rounds, run);
  await release();
  return gflop / best;
}

/**
 * The rate of `work` as a share of the matmul rate: the median over rounds. In each round, matmul runs right after `work`
 * and for as long, so that other load slows both.
 */
export async function shareOfMatmul(gflop: number, work: () => unknown, rounds = 9): Promise<number> {
  const product = await matmul();
  await product.run();
  await work();
  const shares: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const own = (await seconds(work)).seconds;
    const start = performance.now();
    let products = 0;
    do {
      await product.run();
      products++;
    } while (performance.now() - start < 1000 * own);
    const beside = (performance.now() - start) / 1000 / products;
    shares.push(gflop / own / (product.gflop / beside));
  }
  await product.release();
  return shares.sort((a, b) => a - b)[rounds >> 1];
}

/** An ONNX file of one MatMul, in protobuf's wire format (fields by number as in onnx.proto). */
function matmulModel(): Uint8Array {
  const text = (value: string) => [...new TextEncoder().encode(value)];
  const field = (number: number, bytes: number[]) => [number << 3 | 2, bytes.length, ...bytes];
  const value = (name: string) => [...field(1, text(name)), ...field(2, field(1, [1 << 3, 1]))];
  const node = [...field(1, text("a")), ...field(1, text("b")), ...field(2, text("c")), ...field(4, text("MatMul"))];
  const graph = [
    ...field(1, node),
    ...field(2, text("matmul")),
    ...field(11, value("a")),
    ...field(11, value("b")),
    ...field(12, value("c")),
  ];
  return Uint8Array.from([1 << 3, 8, ...field(7, graph), ...field(8, [2 << 3, 17])]);
}
