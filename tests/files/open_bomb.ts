/** Loads a corpus in a process of its own and prints the error and the most memory that the process took. */
import { loadCollection } from "../../lib/collections/mod.ts";

const [corpus, queries] = Deno.args;
let most = 0;
const watch = setInterval(() => most = Math.max(most, Deno.memoryUsage().rss), 5);
const message = await loadCollection({ corpus, queries }).then(() => "loaded", (error) => (error as Error).message);
clearInterval(watch);
console.log(JSON.stringify({ message, bytes: Math.max(most, Deno.memoryUsage().rss) }));
