import { lockFile } from "../../lib/core/lock.ts";

const [path, how, log] = Deno.args;
if (how === "hold") {
  await lockFile(path, { doing: "hold it" });
  console.log("held");
  await new Promise((resolve) => setTimeout(resolve, 60_000));
} else {
  // Twenty times: get the lock, write a beginning and an end.
  for (let i = 0; i < 20; i++) {
    const lock = await lockFile(path, { doing: "take a turn", wait: () => {} });
    await Deno.writeTextFile(log, `begin ${Deno.pid}\n`, { append: true });
    await new Promise((resolve) => setTimeout(resolve, 2));
    await Deno.writeTextFile(log, `end ${Deno.pid}\n`, { append: true });
    await lock.release();
  }
}
