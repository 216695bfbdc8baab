import { loadCollection } from "../../mod.ts";
import { readRecordings } from "../../lib/generators/mod.ts";

/**
 * A model that answers the pipeline's prompts about documents made of facets' passages from what facets holds: queries by
 * its own queries, judgments by its complete grades, negatives by its recorded replies.
 */
export async function facetsModel(): Promise<(messages: readonly { content: string }[]) => string> {
  const { corpus, queries, qrels } = await loadCollection("facets");
  const recordings = await readRecordings(new URL("../../data/facets/replies.jsonl", import.meta.url).pathname);
  const passages = [...corpus.rows()].map(({ id, text }) => ({ id, text }));
  const grades = new Map([...qrels.complete.rows()].map((row) => [`${row.query_id} ${row.doc_id}`, row.grade]));
  const written = new Map(recordings.map(({ query, reply }) => [query, reply]));
  const asked = [...queries.rows()].sort((a, b) => Number(written.has(b.text)) - Number(written.has(a.text)));
  const passageIn = (text: string) => passages.find((passage) => text.includes(passage.text))?.id;
  const used = new Map<string, string>();

  const writeQueries = (prompt: string) => {
    const [, json] = /^document: (\{.*\})$/m.exec(prompt)!;
    const id = passageIn(JSON.parse(json).text);
    const own = asked.filter((query) => grades.get(`${query.id} ${id}`) === 2);
    const fresh = own.filter((query) => (used.get(query.id) ?? id) === id).slice(0, 2);
    for (const query of fresh) used.set(query.id, id!);
    return { queries: fresh.map(({ text }) => text) };
  };
  const judge = (prompt: string) => {
    const [, json] = /^example: (\{.*\})$/m.exec(prompt)!;
    const query = asked.find(({ text }) => text === JSON.parse(json).user_query);
    const [, list] = /^candidates: (\[.*\])$/m.exec(prompt)!;
    const verdicts = (JSON.parse(list) as { number: number; document: string }[]).map(({ number, document }) => {
      const grade = grades.get(`${query?.id} ${passageIn(document)}`) ?? 0;
      return { number, reason: `grade ${grade}`, verdict: ["keep", "drop", "relabel"][grade] };
    });
    return { verdicts };
  };
  const writeNegatives = (prompt: string) => {
    const [, json] = /(\{"user_query": .*\})$/m.exec(prompt)!;
    return written.get(JSON.parse(json).user_query) ?? { reflection: "No reply is recorded.", hard_negatives: [] };
  };
  return (messages) => {
    const prompt = messages.map(({ content }) => content).join("\n\n");
    const reply = /^document: /m.test(prompt)
      ? writeQueries(prompt)
      : /^candidates: /m.test(prompt)
      ? judge(prompt)
      : writeNegatives(prompt);
    return typeof reply === "string" ? reply : JSON.stringify(reply);
  };
}
