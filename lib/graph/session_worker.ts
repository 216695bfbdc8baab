import { InferenceSession, Tensor } from "onnxruntime-node";
import type { Answer, Part, Request } from "./side_session.ts";

/** The worker's scope; Deno's types describe only that of a page. */
const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<Request>) => void) | null;
  postMessage(answer: Answer, transfer?: Transferable[]): void;
};

let session: InferenceSession | undefined;
let held: Record<string, Tensor> = {};

// deno-lint-ignore no-explicit-any -- The constructor's overloads need the pair of type and array as literals.
const tensor = ({ type, data, dims }: Part) => new Tensor(type as any, data as any, dims);

async function answer(request: Request): Promise<Answer> {
  if ("model" in request) {
    session = await InferenceSession.create(request.model, request.options);
    held = Object.fromEntries(request.held.map(([name, part]) => [name, tensor(part)]));
    return { results: [] };
  }
  const feeds = Object.fromEntries(request.feeds.map(([name, part]) => [name, tensor(part)]));
  const found = await session!.run({ ...held, ...feeds }, request.fetches);
  return {
    results: Object.entries(found).map(([name, { type, data, dims }]) => [name, { type, data, dims } as Part]),
  };
}

scope.onmessage = async ({ data: request }) => {
  try {
    const { results } = await answer(request) as { results: [string, Part][] };
    scope.postMessage({ results }, results.map(([, { data }]) => data.buffer as ArrayBuffer));
  } catch (error) {
    scope.postMessage({ error: (error as Error).message });
  }
};
