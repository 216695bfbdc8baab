import { join } from "node:path";
import process from "node:process";
import { generate, negativeRequests } from "../../lib/generators/generate.ts";
import { generationSummary } from "../../lib/generators/generation_summary.ts";
import { readReply } from "../../lib/generators/reading/reply.ts";
import { modelRecipe } from "../../lib/generators/recipes/registry.ts";
import { madeUp } from "../generators/collection.ts";
import { goodContent } from "../generators/server.ts";
import { type Benchmarks, type Measurement, seconds } from "./measurement.ts";

const OPTIONS = { model: "test", quiet: true } as const;

/** Calls `work` with the address of a test server in another process. */
async function withServer<T>(latency: number, work: (baseURL: string) => Promise<T>): Promise<T> {
  const script = join(import.meta.dirname!, "..", "generators", "server_process.ts");
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--allow-net=127.0.0.1", script, String(latency)],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const baseURL = (await lines.read()).value!.trim();
  try {
    return await work(baseURL);
  } finally {
    await child.stdin.close();
    await lines.cancel();
    await child.status;
  }
}

/** Processor time of this process in milliseconds. */
function cpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir();
  try {
    return await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Benchmarks of the generators. */
export const benchmarks: Benchmarks = {
  /** Processor time of a run, compared with bare fetches of the same bodies. */
  overhead: () =>
    withServer(0, (baseURL) =>
      inFolder(async (folder): Promise<Measurement[]> => {
        const size = 2000;
        const recipe = modelRecipe("syneg");
        const run = (name: string, count: number) =>
          generate(madeUp(count), { ...OPTIONS, baseURL, concurrency: 64, ledger: join(folder, name) });
        await run("warm.sqlite", 300);
        const collection = madeUp(size);
        const start = cpu();
        await generate(collection, { ...OPTIONS, baseURL, concurrency: 64, ledger: join(folder, "a.sqlite") });
        const whole = (cpu() - start) / size;
        const bodies = negativeRequests(collection, recipe, OPTIONS).map(({ messages }) =>
          JSON.stringify({ messages })
        );
        // One connection per request, as in the run.
        using client = Deno.createHttpClient({ poolMaxIdlePerHost: 0 });
        const bare = cpu();
        const queue = bodies.values();
        await Promise.all(Array.from({ length: 64 }, async () => {
          for (const body of queue) {
            const response = await fetch(`${baseURL}/chat/completions`, { method: "POST", body, client });
            await response.json();
          }
        }));
        const plain = (cpu() - bare) / size;
        return [
          { name: "CPU per request, run", value: whole, unit: "ms" },
          { name: "CPU per request, bare fetch", value: plain, unit: "ms" },
          { name: "CPU per request, difference", value: whole - plain, unit: "ms", aim: { atMost: 1 } },
        ];
      })),

  /** Sustained rate at concurrency 64 against a server that takes 200 ms: the ideal is 320 per second. */
  rate: () =>
    withServer(200, (baseURL) =>
      inFolder(async (folder): Promise<Measurement[]> => {
        const size = 3000;
        const collection = madeUp(size);
        const options = { ...OPTIONS, baseURL, concurrency: 64, ledger: join(folder, "a.sqlite") };
        const { seconds: time, result } = await seconds(() => generate(collection, options));
        const complete = generationSummary(result)!.outcomes.complete ?? 0;
        return [
          { name: "requests per second at concurrency 64", value: complete / time, unit: "1/s", aim: { atLeast: 200 } },
          { name: "share of the ideal rate", value: complete / time / 320, unit: "of 1" },
        ];
      })),

  /** Reading replies alone. */
  reader: async () => {
    const recipe = modelRecipe("syneg");
    const requests = negativeRequests(madeUp(1000), recipe, OPTIONS);
    const replies = requests.map(({ messages }) => goodContent(messages));
    const read = () =>
      requests.forEach(({ input: subject }, i) =>
        readReply({ text: replies[i], finishReason: "stop" }, recipe, subject, 2)
      );
    read();
    const { seconds: time } = await seconds(read);
    return [{ name: "reading a reply", value: time, unit: "ms" }];
  },
};
