// The test server in a process of its own, for benchmarks: prints its address, ends when its input ends. Arguments:
// latency in milliseconds, share of faults.
import { serve } from "./server.ts";

const [latency = "0", faults = "0"] = Deno.args;
await using server = serve({ latency: Number(latency), faults: Number(faults) });
console.log(server.baseURL);
for await (const _ of Deno.stdin.readable);
