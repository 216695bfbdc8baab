import assert from "node:assert/strict";
import { words } from "../../lib/core/words.ts";
import { type Random, random } from "../../lib/core/random.ts";
import { textKey } from "../../lib/collections/equal_text.ts";
import type { Passage } from "../../lib/collections/passage.ts";
import { NEGATIVES, type Source } from "../../lib/tables/schema.ts";
import { tableOf } from "../../lib/tables/table_builder.ts";
import {
  absoluteMargin,
  crossEncoder,
  judged,
  nearDuplicates,
  positiveGuard,
  rankWindow,
  relativeMargin,
  scoreWindow,
  softMargin,
  vectorGuard,
} from "../../lib/negatives/filters/mod.ts";
import { type Filter, filterNegatives, waterfall } from "../../lib/negatives/mod.ts";
import { shingleOverlap, shingles, wordHashes } from "../../lib/negatives/text/shingles.ts";
import { positivesOf } from "../../lib/collections/mod.ts";
import { keyHash } from "../../lib/negatives/text/key_hash.ts";
import { loadEncoder } from "../../lib/encoders/mod.ts";
import { collectionOf, type NegativeRow, randomPool } from "./cases.ts";

const CASES = 700;

const empty = { title: "", text: "" };

/** A collection that fits a random pool: every document has a text of its own. */
function world(positives: ReadonlyMap<string, readonly string[]>) {
  const passages: Record<string, Passage> = {};
  for (let i = 0; i < 8; i++) passages[`d${i}`] = { title: "", text: `document number ${i}` };
  for (const ids of positives.values()) for (const id of ids) passages[id] = { title: "", text: `positive ${id}` };
  return collectionOf(passages, Object.fromEntries([...positives].map(([q, ids]) => [q, [...ids]])));
}

/** The number filters, and what each keeps, written down plainly. */
const RULES: Record<string, { make: (m: number) => Filter; keeps: (row: NegativeRow, m: number) => boolean }> = {
  "absolute-margin": { make: (m) => absoluteMargin(m), keeps: (r, m) => r.score! < r.positive_score! - m },
  "relative-margin": {
    make: (m) => relativeMargin(m),
    keeps: (r, m) => !(r.score! > r.positive_score! - Math.abs(r.positive_score!) * m),
  },
  "score-window": { make: (m) => scoreWindow({ min: -m, max: m }), keeps: (r, m) => Math.abs(r.score!) <= m },
  "rank-window": {
    make: (m) => rankWindow({ from: 1 + m * 4, to: 5 }),
    keeps: (r, m) => r.rank! >= 1 + m * 4 && r.rank! <= 5,
  },
};

for (const [name, { make, keeps }] of Object.entries(RULES)) {
  Deno.test(`${name} equals its formula in ${CASES} random pools; reasons name the rule`, async () => {
    for (let seed = 0; seed < CASES; seed++) {
      const { rows, table, positives } = randomPool(seed);
      const m = random(seed).fork("m").integer(5) / 4;
      const result = await filterNegatives(table, world(positives), [make(m)]);
      assert.equal(result.length, table.length);
      rows.forEach((row, i) => {
        const kept = row.verdict === "kept" && keeps(row, m);
        assert.equal(result.column("verdict").at(i), kept ? "kept" : "dropped", `seed ${seed} row ${i}`);
        const reason = result.column("reason").at(i);
        if (row.verdict === "dropped") assert.equal(reason, "before: 1");
        else if (kept) assert.equal(reason, null);
        else assert.match(reason!, new RegExp(`^${name}: .*\\d`));
      });
    }
  });
}

Deno.test(`soft-margin drops nothing and weighs by its formula in ${CASES} random pools; weights multiply`, async () => {
  const logistic = (x: number) => x > 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
  for (let seed = 0; seed < CASES; seed++) {
    const { rows, table, positives } = randomPool(seed);
    const margin = random(seed).fork("m").integer(5) / 4 - 0.5;
    const chain = [softMargin({ margin }), softMargin({ temperature: 0.5 })];
    const result = await filterNegatives(table, world(positives), chain);
    assert.deepEqual([...result.column("verdict")], rows.map(({ verdict }) => verdict));
    rows.forEach((row, i) => {
      if (row.verdict !== "kept") return assert.equal(result.column("weight").at(i), null);
      const distance = row.positive_score! - row.score!;
      const wanted = logistic((distance - margin) / 0.05) * logistic(distance / 0.5);
      assert.ok(Math.abs(result.column("weight").at(i)! - wanted) < 1e-6, `seed ${seed}, row ${i}`);
    });
  }
});

Deno.test("a judge's confidence is the weight of what it keeps; outside 0 to 1 it is refused", async () => {
  const { table, positives } = randomPool(4);
  const judge = (confidence: number) => ({ candidates }: { candidates: readonly unknown[] }) =>
    Promise.resolve(candidates.map(() => ({ verdict: "keep" as const, reason: "sure", confidence })));
  const result = await filterNegatives(table, world(positives), [judged(judge(0.25))]);
  const kept = [...result.rows()].filter(({ verdict }) => verdict === "kept");
  assert.ok(kept.length > 0 && kept.every(({ weight }) => weight === 0.25));
  await assert.rejects(
    filterNegatives(table, world(positives), [judged(judge(1.5))]),
    /confidence must be a number >= 0 and <= 1, found 1.5/,
  );
});

Deno.test("relative margin is sign-safe: 5 % below a positive of -0.4 is -0.42", async () => {
  const rows = [-0.43, -0.41].map((score, i) => ({
    query_id: "q",
    doc_id: `d${i}`,
    source: "dense" as const,
    score,
    positive_score: -0.4,
    verdict: "kept" as const,
  }));
  const collection = collectionOf({ p: { title: "", text: "p" }, d0: empty, d1: empty }, { q: ["p"] });
  const result = await filterNegatives(tableOf(NEGATIVES, rows), collection, [relativeMargin(0.05)]);
  assert.deepEqual([...result.column("verdict")], ["kept", "dropped"]);
  assert.equal(result.column("reason").at(1), "relative-margin: s- -0.41 > -0.42 = s+ -0.4 - |s+|·0.05");
});

/** Random passages over few words, with repeats, changed case, punctuation and single changed words. */
function randomTexts(stream: Random, count: number): Passage[] {
  const texts: Passage[] = [];
  for (let i = 0; i < count; i++) {
    const words = Array.from({ length: stream.integer(12) }, () => "abcdef"[stream.integer(6)]);
    const earlier = texts[stream.integer(Math.max(1, i))];
    const kind = i === 0 ? 9 : stream.integer(8);
    if (kind === 0) texts.push({ title: "", text: `${earlier.title} ${earlier.text}`.toUpperCase() });
    else if (kind === 1) texts.push({ title: "Other", text: earlier.text.replaceAll(" ", " -- ") });
    else if (kind === 2) texts.push({ title: earlier.title, text: `${earlier.text} f!` });
    else texts.push({ title: stream.next() < 0.5 ? "" : "T", text: words.join(" ") });
  }
  return texts;
}

/** Jaccard overlap over sets of strings. */
function slowOverlap(a: Passage, b: Passage): number {
  const set = ({ title, text }: Passage) => {
    const words = `${title} ${text}`.toLowerCase().split(/[^a-z0-9]+/).filter(Boolean);
    const length = Math.min(3, words.length);
    const all = words.map((_, i) => words.slice(i, i + length)).filter((s) => s.length === length && length > 0);
    return new Set(all.map((s) => s.join(" ")));
  };
  const [x, y] = [set(a), set(b)];
  const union = new Set([...x, ...y]).size;
  return union === 0 ? 0 : [...x].filter((s) => y.has(s)).length / union;
}

function slowSame(a: Passage, b: Passage): boolean {
  const plain = (text: string) => text.toLowerCase().split(/[^a-z0-9]+/).filter(Boolean).join(" ");
  const keys = ({ title, text }: Passage) => [plain(`${title} ${text}`), plain(text)].filter((key) => key !== "");
  return keys(a).some((key) => keys(b).includes(key));
}

/** A random pool over confusable texts: documents, written negatives and positives alike. */
function textPool(seed: number) {
  const stream = random(seed).fork("texts");
  const texts = randomTexts(stream, 14);
  const passages = Object.fromEntries(texts.slice(0, 10).map((passage, i) => [`d${i}`, passage]));
  const positives = { q0: ["d0", "d1"], q1: [`d${stream.integer(10)}`] };
  const rows: NegativeRow[] = Array.from({ length: 12 }, () => {
    const at = stream.integer(14);
    const written = at >= 10;
    return {
      query_id: `q${stream.integer(2)}`,
      ...(written ? texts[at] : { doc_id: `d${at}` }),
      source: written ? "synthetic" as const : (["bm25", "dense"] as Source[])[stream.integer(2)],
      verdict: "kept" as const,
    };
  });
  const passage = (row: NegativeRow) => row.doc_id ? passages[row.doc_id] : { title: row.title!, text: row.text! };
  return { rows, positives, passages, passage, collection: collectionOf(passages, positives) };
}

Deno.test(`positive guard: by id, text and overlap, equal to the slow version in ${CASES} random cases`, async () => {
  const seen = { "positive-id": 0, "positive-text": 0, "near-positive": 0 };
  for (let seed = 0; seed < CASES; seed++) {
    const { rows, positives, passages, passage, collection } = textPool(seed);
    const threshold = [0.3, 0.5, 0.8, 1][seed % 4];
    const result = await filterNegatives(tableOf(NEGATIVES, rows), collection, [
      positiveGuard({ nearDuplicateThreshold: threshold }),
    ]);
    rows.forEach((row, i) => {
      const ids = positives[row.query_id as "q0" | "q1"];
      const wanted = ids.includes(row.doc_id ?? "")
        ? "positive-id"
        : ids.some((id) => slowSame(passage(row), passages[id]))
        ? "positive-text"
        : ids.some((id) => slowOverlap(passage(row), passages[id]) >= threshold)
        ? "near-positive"
        : undefined;
      assert.equal(result.column("reason").at(i)?.split(":")[0], wanted, `seed ${seed} row ${i}`);
      if (wanted) seen[wanted]++;
    });
  }
  assert.ok(Object.values(seen).every((count) => count > 100), JSON.stringify(seen));
});

Deno.test("edits are near their positive by design: the guard drops only those with the same text", async () => {
  const text = Array.from({ length: 60 }, (_, i) => `word${i}`).join(" ");
  const collection = collectionOf({ p: { title: "", text } }, { q: ["p"] });
  const row = (text: string, source: Source) => ({ query_id: "q", title: "", text, source, verdict: "kept" as const });
  const edited = text.replace("word30", "other");
  const table = tableOf(NEGATIVES, [row(edited, "edit"), row(edited, "synthetic"), row(text.toUpperCase(), "edit")]);
  const result = await filterNegatives(table, collection, [positiveGuard()]);
  assert.deepEqual([...result.column("reason")].map((reason) => reason?.split(":")[0]), [
    undefined,
    "near-positive",
    "positive-text",
  ]);
});

Deno.test("a difference beyond the encoder's limit makes no negative: the vector guard drops it", async () => {
  const words = Array.from({ length: 60 }, (_, i) => "alpha beta gamma delta".split(" ")[i % 4]);
  const passages = { p: { title: "", text: words.join(" ") }, far: { title: "", text: "something else" } };
  const collection = collectionOf(passages, { q: ["far", "p"] });
  const row = (at: number) => ({
    query_id: "q",
    title: "",
    text: words.with(at, "winter").join(" "),
    source: "edit" as const,
    verdict: "kept" as const,
  });
  const table = tableOf(NEGATIVES, [row(2), row(50)]);
  const reasons = async (maxLength: number) => {
    const encoder = await loadEncoder("built-in", { maxLength, name: "reader" });
    return [...(await filterNegatives(table, collection, [vectorGuard(encoder)])).column("reason")];
  };
  assert.deepEqual(await reasons(128), [null, null]);
  assert.deepEqual(await reasons(20), [null, "same-vector: reader reads it as p"]);
});

Deno.test(`near-duplicates among the negatives equal the slow version in ${CASES} random cases`, async () => {
  let dropped = 0;
  for (let seed = 0; seed < CASES; seed++) {
    const { rows, passage, collection } = textPool(seed);
    const threshold = [0.4, 0.8][seed % 2];
    const result = await filterNegatives(tableOf(NEGATIVES, rows), collection, [
      nearDuplicates({ nearDuplicateThreshold: threshold }),
    ]);
    const kept: number[] = [];
    rows.forEach((row, i) => {
      const repeats = kept.some((j) => {
        const other = rows[j];
        if (other.query_id !== row.query_id) return false;
        if (row.doc_id && row.doc_id === other.doc_id) return row.source === other.source;
        return slowSame(passage(row), passage(other)) || slowOverlap(passage(row), passage(other)) >= threshold;
      });
      if (repeats) dropped++;
      else kept.push(i);
      assert.equal(result.column("verdict").at(i), repeats ? "dropped" : "kept", `seed ${seed} row ${i}`);
    });
  }
  assert.ok(dropped > 500, `${dropped}`);
});

Deno.test("text is compared without case, punctuation, width and spaces; shingles of short texts", async () => {
  const collection = collectionOf({
    p: { title: "The Heart", text: "It beats — sixty times." },
    same: { title: "", text: "the heart: it  BEATS sixty times" },
    wide: { title: "x", text: "Ｉｔ beats sixty times" },
    other: { title: "The Heart", text: "It beats seventy times." },
  }, { q: ["p"] });
  const rows = ["same", "wide", "other"].map((doc_id) => ({
    query_id: "q",
    doc_id,
    source: "bm25" as const,
    verdict: "kept" as const,
  }));
  const result = await filterNegatives(tableOf(NEGATIVES, rows), collection, [positiveGuard()]);
  assert.deepEqual([...result.column("verdict")], ["dropped", "dropped", "kept"]);
  assert.equal(shingleOverlap(shingles(""), shingles("")), 0);
  assert.equal(shingleOverlap(shingles("a b"), shingles("a b")), 1);
  assert.equal(shingleOverlap(shingles("a b c d"), shingles("a b c e")), 1 / 3);
});

Deno.test("a chain: each filter sees what the ones before it kept; the waterfall counts every row once", async () => {
  for (let seed = 0; seed < 300; seed++) {
    const { rows, table, positives } = randomPool(seed);
    const sees: number[] = [];
    const result = await filterNegatives(table, world(positives), [
      positiveGuard(),
      absoluteMargin(0.25),
      crossEncoder((pairs) => {
        sees.push(pairs.length);
        return pairs.map(() => 0.4);
      }, { threshold: 0.5 }),
      judged((request) =>
        Promise.resolve(request.candidates.map((_, i) => ({
          verdict: (["keep", "drop", "relabel"] as const)[i % 3],
          reason: "by place",
        })))
      ),
    ]);
    const left = rows.filter((row) => row.verdict === "kept" && RULES["absolute-margin"].keeps(row, 0.25)).length;
    assert.equal(sees.reduce((a, b) => a + b, 0), left);
    const steps = waterfall(result);
    for (const source of new Set(rows.map((row) => row.source))) {
      const own = steps.filter((step) => step.source === source);
      assert.deepEqual(own.map((step) => step.rule).filter((rule) => rule !== "before"), [
        "candidates",
        "positive-id",
        "positive-text",
        "near-positive",
        "absolute-margin",
        "cross-encoder",
        "judge",
      ]);
      assert.equal(own[0].left, rows.filter((row) => row.source === source).length);
      own.slice(1).forEach((step, i) => assert.equal(step.left, own[i].left - step.dropped - step.relabeled));
      const verdicts = [...result.rows()].filter((row) => row.source === source).map((row) => row.verdict);
      assert.equal(own.at(-1)!.left, verdicts.filter((verdict) => verdict === "kept").length);
      const relabeled = own.reduce((sum, step) => sum + step.relabeled, 0);
      assert.equal(relabeled, verdicts.filter((verdict) => verdict === "relabeled").length);
    }
  }
});

Deno.test("the judge reads the query, the first positive and at most 25 candidates; relabeled documents become positives", async () => {
  const passages = Object.fromEntries(
    Array.from({ length: 31 }, (_, i) => [`d${i}`, { title: "", text: `text ${i}` }]),
  );
  const collection = collectionOf(passages, { q: ["d0"] });
  const rows = Array.from({ length: 30 }, (_, i) => ({
    query_id: "q",
    doc_id: `d${i + 1}`,
    source: "bm25" as const,
    verdict: "kept" as const,
  }));
  const sizes: number[] = [];
  const result = await filterNegatives(tableOf(NEGATIVES, rows), collection, [judged((request) => {
    sizes.push(request.candidates.length);
    assert.equal(request.query, "text of q");
    assert.equal(request.positive.text, "text 0");
    return Promise.resolve(request.candidates.map(({ text }) => ({
      verdict: text === "text 7" ? "relabel" as const : "keep" as const,
      reason: "answers it",
    })));
  })]);
  assert.deepEqual(sizes, [25, 5]);
  assert.equal(result.row(6).verdict, "relabeled");
  assert.equal(result.row(6).reason, "judge: answers it");
  assert.deepEqual(positivesOf(collection, { negatives: result }).get("q"), ["d0", "d7"]);
});

Deno.test("a filter without input or with bad numbers is an error", async () => {
  const collection = collectionOf({ p: { title: "", text: "p" }, d: { title: "", text: "d" } }, { q: ["p"] });
  const base = { query_id: "q", doc_id: "d", source: "bm25", verdict: "kept" } as const;
  const bare = tableOf(NEGATIVES, [base]);
  const mixed = tableOf(NEGATIVES, [{ ...base, score: 1, positive_score: 2 }, { ...base, source: "synthetic" }]);
  const expect = async (act: () => Promise<unknown>, message: RegExp) => {
    await assert.rejects(act, (error: Error) => {
      assert.match(error.message, message);
      return true;
    });
  };
  await expect(() => filterNegatives(bare, collection, []), /at least one filter, found none/);
  await expect(
    () => filterNegatives(tableOf(NEGATIVES, []), collection, [positiveGuard()]),
    /none of the 0 rows is kept/,
  );
  await expect(
    () => filterNegatives(bare, collection, [relativeMargin()]),
    /1 of 1 rows have no finite score and positive_score/,
  );
  await expect(
    () => filterNegatives(mixed, collection, [absoluteMargin(0.1)]),
    /1 of 2 rows have no finite .* source synthetic/,
  );
  await expect(() => filterNegatives(bare, collection, [scoreWindow({ min: 0 })]), /no finite score/);
  await expect(() => filterNegatives(bare, collection, [rankWindow({ to: 3 })]), /no finite rank/);
  await expect(
    () => filterNegatives(bare, collection, [positiveGuard({ sources: ["dense"] })]),
    /no kept row is of source dense/,
  );
  await expect(
    () => filterNegatives(bare, collection, [positiveGuard()], { split: "tran" }),
    /Unknown split "tran" .*"train"/,
  );
  await expect(
    async () => await filterNegatives(bare, collection, [judged(undefined as never)]),
    /judged needs a judge .* found none/,
  );
  await expect(
    async () => await filterNegatives(bare, collection, [crossEncoder(undefined as never, { threshold: 1 })]),
    /crossEncoder needs a cross-encoder or a function that scores pairs, found none/,
  );
  await expect(() => filterNegatives(bare, collection, [crossEncoder(() => [NaN], { threshold: 1 })]), /NaN for row 0/);
  await expect(
    () => filterNegatives(bare, collection, [judged(() => Promise.resolve([]))]),
    /must have 1 judgments, found 0/,
  );
  let judgedRows = 0;
  const counting = judged((request) => {
    judgedRows += request.candidates.length;
    return Promise.resolve(request.candidates.map(() => ({ verdict: "keep" as const, reason: "" })));
  });
  await expect(() => filterNegatives(bare, collection, [counting, relativeMargin()]), /no finite score/);
  assert.equal(judgedRows, 0, "the chain is checked before any judge is asked");
  const ok = await filterNegatives(mixed, collection, [absoluteMargin(0.1, { sources: ["bm25"] })]);
  assert.deepEqual([...ok.column("verdict")], ["kept", "kept"]);
});

Deno.test("a key's hash is the same from ASCII and from the key itself, and differs if keys differ", () => {
  const alphabets = ["aB3-+.# $`'", Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)).join("")];
  const numbers = new Map<string, number>();
  for (let seed = 0; seed < 6000; seed++) {
    const stream = random(seed).fork("keys");
    const alphabet = alphabets[seed % 2];
    const text = Array.from({ length: stream.integer(9) }, () => alphabet[stream.integer(alphabet.length)]).join("");
    const key = textKey(text);
    if (textKey(`${text}\u200b`) !== key) continue; // punctuation alone, which is its own key
    assert.equal(keyHash(text), keyHash(`${text}\u200b`), JSON.stringify(text));
    assert.equal(numbers.get(key) ?? keyHash(text), keyHash(text), JSON.stringify(text));
    numbers.set(key, keyHash(text));
  }
  assert.equal(new Set(numbers.values()).size, numbers.size);
});

Deno.test("words hash alike on the fast path and after normalization", () => {
  const alphabet = "aB3 -.,'\t";
  for (let seed = 0; seed < 2000; seed++) {
    const stream = random(seed).fork("words");
    const text = Array.from({ length: stream.integer(20) }, () => alphabet[stream.integer(alphabet.length)]).join("");
    assert.deepEqual(wordHashes(text), words(text).map((word) => wordHashes(word)[0]), JSON.stringify(text));
    // A wide letter sends the whole text the slow way.
    assert.deepEqual(wordHashes(`${text} Ａ`), [...wordHashes(text), wordHashes("a")[0]]);
  }
});
