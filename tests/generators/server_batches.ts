import type { Incoming } from "./server.ts";

/** Files and batches as OpenAI keeps them; a batch is done when it has been asked after twice. */
export function batchRoutes(answer: (body: unknown) => unknown) {
  const files = new Map<string, string>();
  const batches = new Map<string, Record<string, unknown>>();
  return async ({ method, path, headers, body }: Incoming): Promise<{ status: number; body: unknown } | undefined> => {
    const [, , route, id, rest] = path.split("?")[0].split("/");
    if (route === "files" && method === "POST") {
      const form = await new Response(body, { headers }).formData();
      const file = `file-${files.size + 1}`;
      files.set(file, await (form.get("file") as File).text());
      return { status: 200, body: { id: file, object: "file", purpose: form.get("purpose"), bytes: body.length } };
    }
    if (route === "files" && rest === "content") return { status: 200, body: files.get(id) ?? "" };
    if (route !== "batches") return undefined;
    if (method === "POST") {
      const made = JSON.parse(new TextDecoder().decode(body));
      const batch = { id: `batch-${batches.size + 1}`, object: "batch", status: "in_progress", asked: 0, ...made };
      batches.set(batch.id, batch);
      return { status: 200, body: batch };
    }
    if (id === undefined) {
      return { status: 200, body: { object: "list", data: [...batches.values()], has_more: false } };
    }
    const batch = batches.get(id)!;
    batch.asked = Number(batch.asked) + 1;
    if (Number(batch.asked) >= 2 && batch.status === "in_progress") {
      const lines = files.get(batch.input_file_id as string)!.trim().split("\n").map((line) => JSON.parse(line));
      // Answers come in another order than the questions, and every seventh fails.
      const replies = lines.map((line, i) => ({ line, i })).reverse().map(({ line, i }) =>
        i % 7 === 6
          ? { id: `r${i}`, custom_id: line.custom_id, response: null, error: { code: "expired", message: "too late" } }
          : {
            id: `r${i}`,
            custom_id: line.custom_id,
            response: { status_code: 200, body: answer(line.body) },
            error: null,
          }
      );
      const done = replies.filter((reply) => !reply.error);
      files.set(`${id}-out`, done.map((reply) => JSON.stringify(reply)).join("\n") + "\n");
      files.set(
        `${id}-errors`,
        replies.filter((reply) => reply.error).map((reply) => JSON.stringify(reply)).join("\n"),
      );
      Object.assign(batch, {
        status: "completed",
        output_file_id: `${id}-out`,
        error_file_id: `${id}-errors`,
        request_counts: { total: lines.length, completed: done.length, failed: lines.length - done.length },
      });
    }
    return { status: 200, body: batch };
  };
}
