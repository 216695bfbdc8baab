import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { bm25, type Collection, evaluate, loadCollection, means, tableOf } from "../../mod.ts";
import { guessLanguage } from "../../lib/retrieval/mod.ts";
import { CORPUS } from "../../lib/tables/mod.ts";

const load = (name: string): Promise<Collection> =>
  loadCollection(fileURLToPath(new URL(`../fixtures/languages/${name}`, import.meta.url)));

async function ndcg({ corpus, queries, qrels }: Collection, analyzer?: string): Promise<number> {
  const run = await (await bm25(corpus, { analyzer })).searchAll(queries);
  return means(evaluate(run, qrels.test, ["nDCG@10"], { complete: true })).get("nDCG@10")!;
}

/** Collections of 60 passages, the analyzer for their language, and by how much it must beat English's. */
const GAINS: [name: string, language: string, analyzer: string, gain: number][] = [
  ["de", "German", "german", 0.2],
  ["zh", "Chinese", "icu", 0.004],
  ["ja", "Japanese", "icu", 0.04],
  ["th", "Thai", "icu", 0.9],
];

for (const [name, language, analyzer, gain] of GAINS) {
  Deno.test(`${language}: the guessed analyzer is ${analyzer}, and it beats English`, async () => {
    const collection = await load(name);
    const guess = await guessLanguage(collection.corpus);
    assert.equal(guess.language, name);
    assert.equal(guess.analyzer, analyzer);
    assert.equal(guess.text, `Language: ${language}, guessed from 60 documents; analyzer ${analyzer}`);
    const [english, own, guessed] = [
      await ndcg(collection, "english"),
      await ndcg(collection, analyzer),
      await ndcg(collection),
    ];
    assert.ok(own >= english + gain, `${own} against ${english}`);
    assert.equal(guessed, own);
  });
}

Deno.test("pairs of characters beat English's single ones in Chinese and Japanese", async () => {
  for (const name of ["zh", "ja"]) {
    const collection = await load(name);
    assert.ok(await ndcg(collection, "cjk") > await ndcg(collection, "english") + 0.01, name);
  }
});

const corpusOf = (texts: readonly string[]) =>
  tableOf(CORPUS, texts.map((text, i) => ({ id: `d${i}`, title: "", text })));

Deno.test("little text counts as English, a mixture gets word segmentation, an unsupported language standard tokens", async () => {
  assert.equal((await guessLanguage(corpusOf([]))).analyzer, "english");
  const short = await guessLanguage(corpusOf(["Das Haus"]));
  assert.equal(short.language, undefined);
  assert.match(short.text, /^Too little text to guess its language: 7 letters; analyzer english$/);
  const texts = await Promise.all(["de", "th"].map(async (name) => [...(await load(name)).corpus.column("text")]));
  const mixed = await guessLanguage(corpusOf(texts.flatMap((some) => some.slice(0, 30))));
  assert.deepEqual([mixed.language, mixed.analyzer], [undefined, "icu"]);
  const polish =
    "Pszczo\u0142y ta\u0144cz\u0105, aby pokaza\u0107 innym kierunek i odleg\u0142o\u015b\u0107 do kwiat\u00f3w na \u0142\u0105ce. ";
  const guess = await guessLanguage(corpusOf([polish.repeat(4)]));
  assert.deepEqual([guess.language, guess.analyzer], ["pl", "standard"]);
});

Deno.test("facets is English, and its index says how it was detected", async () => {
  const { corpus } = await loadCollection("facets");
  const index = await bm25(corpus);
  assert.equal(index.analyzer, "english@1");
  assert.equal(index.guess!.language, "en");
  assert.equal((await bm25(corpus, { analyzer: "english" })).guess, undefined);
});
