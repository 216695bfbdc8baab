// Generates in a process of its own, so that a test can kill it: baseURL, ledger, output, queries, concurrency.
import { writeTable } from "../../lib/files/arrow/ipc.ts";
import { generate } from "../../lib/generators/generate.ts";
import { madeUp } from "./collection.ts";

const [baseURL, ledger, output, size, concurrency] = Deno.args;
const table = await generate(madeUp(Number(size)), {
  model: "test",
  baseURL,
  ledger,
  concurrency: Number(concurrency),
  quiet: true,
});
await writeTable(output, table);
