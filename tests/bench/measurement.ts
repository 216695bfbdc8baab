import process from "node:process";
import * as ort from "onnxruntime-node";

/** One number that a benchmark measured. */
export interface Measurement {
  readonly name: string;
  readonly value: number;
  /** "ms", "docs/s", "MB/s", "share of matmul", "GB" … */
  readonly unit: string;
  /** What is wanted, such as { atMost: 2.5 }. Missing an aim is shown, and fails nothing. */
  readonly aim?: { atLeast?: number; atMost?: number };
}

/** What a file of tests/bench exports as `benchmarks`: by name, each run in a process of its own. */
export type Benchmarks = Record<string, () => Promise<Measurement[]>>;

/** Seconds that `work` takes, with what it returns. */
export async function seconds<T>(work: () => T | Promise<T>): Promise<{ seconds: number; result: T }> {
  const start = performance.now();
  const result = await work();
  return { seconds: (performance.now() - start) / 1000, result };
}

/** The fastest of `rounds` runs in seconds: what the machine can do when nothing else disturbs it. */
export async function fastest(rounds: number, work: () => unknown): Promise<number> {
  let best = Infinity;
  for (let i = 0; i < rounds; i++) best = Math.min(best, (await seconds(work)).seconds);
  return best;
}

/** The most memory that this process has held so far, in bytes. */
export function peakMemory(): number {
  return process.resourceUsage().maxRSS * 1024;
}

/** A 1024 x 1024 x 1024 float32 product in ONNX Runtime on 2 threads: what the machine can do. */
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
 * The rate of `work` as a share of the matmul rate beside it: in every round the product runs for as long as `work`
 * took, so that whatever else slows the machine down slows both. The median of the rounds.
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
