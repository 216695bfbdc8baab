import { type InferenceSession, Tensor as NativeTensor } from "onnxruntime-node";
import type { Numbers } from "./types.ts";

/** A tensor in a message between threads. */
export interface Part {
  readonly type: string;
  readonly data: Numbers;
  readonly dims: readonly number[];
}

/** A message to the worker: first the model, then one per run. */
export type Request =
  | { model: Uint8Array; options: InferenceSession.SessionOptions; held: [string, Part][] }
  | { feeds: [string, Part][]; fetches: string[] };

/** A reply of the worker. */
export type Answer = { results: [string, Part][] } | { error: string };

/** The part of ONNX Runtime's session that {@link Session} needs. */
export type NativeSession = Pick<InferenceSession, "run" | "release" | "endProfiling">;

/**
 * A session in a worker. ONNX Runtime computes on the calling thread, so only sessions in workers run in parallel.
 *
 * @param held Inputs that never change: they are sent once, not with every run.
 */
export async function sideSession(
  model: Uint8Array,
  options: InferenceSession.SessionOptions,
  held: Readonly<Record<string, NativeTensor>>,
): Promise<NativeSession> {
  const worker = new Worker(new URL("./session_worker.ts", import.meta.url), { type: "module" });
  const ask = (request: Request, transfer: Transferable[] = []) =>
    new Promise<[string, Part][]>((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<Answer>) =>
        "error" in data ? reject(new Error(data.error)) : resolve(data.results);
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(event.message));
      };
      worker.postMessage(request, transfer);
    });
  // A worker computes one run at a time.
  let before: Promise<unknown> = ask({ model, options, held: Object.entries(held).map(travelling) });
  try {
    await before;
  } catch (error) {
    worker.terminate();
    throw error;
  }
  return {
    async run(feeds: InferenceSession.FeedsType, fetches: unknown) {
      const places = fetches as Record<string, NativeTensor | null>;
      const sent = Object.entries(feeds).filter(([name]) => !(name in held)).map(travelling);
      const mine = before.then(() => ask({ feeds: sent, fetches: Object.keys(places) }));
      before = mine.catch(() => {});
      const results: Record<string, NativeTensor> = {};
      for (const [name, { type, data, dims }] of await mine) {
        // deno-lint-ignore no-explicit-any -- The constructor's overloads need the pair of type and array as literals.
        results[name] = places[name] ?? new NativeTensor(type as any, data as any, dims);
        if (places[name]) (places[name].data as Float32Array).set(data as Float32Array);
      }
      return results;
    },
    release: () => Promise.resolve(worker.terminate()),
    endProfiling: () => {},
  };
}

function travelling([name, { type, data, dims }]: [string, unknown] & [string, NativeTensor]): [string, Part] {
  return [name, { type, data: data as Numbers, dims }];
}
