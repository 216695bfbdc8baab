import assert from "node:assert/strict";
import { join } from "node:path";
import { Tokenizer } from "../../lib/encoders/mod.ts";
import { compareTokenizers } from "./tokenizer_cases.ts";

const GOLDEN = join(import.meta.dirname!, "..", "fixtures", "tokenizers", "golden.json");

Deno.test("ids equal those of tokenizers and transformers, for every step and class", async () => {
  const { tokenizers, compared } = await compareTokenizers(GOLDEN);
  assert.ok(tokenizers >= 140 && compared >= 8000, `${tokenizers} tokenizers, ${compared} texts`);
});

type Part = Record<string, unknown>;

/** A tokenizer.json of words. */
function words(change: Part = {}, vocab: Record<string, number> = { "<unk>": 0, a: 1, aa: 2 }): string {
  return JSON.stringify({
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: { type: "WhitespaceSplit" },
    post_processor: null,
    model: { type: "WordLevel", vocab, unk_token: "<unk>" },
    ...change,
  });
}

const split = (pattern: string) => ({
  type: "Split",
  pattern: { Regex: pattern },
  behavior: "Isolated",
  invert: false,
});

Deno.test("unsupported steps and settings are refused by name", async () => {
  const cases: [Part, RegExp][] = [
    [{ normalizer: { type: "Odd" } }, /the normalizer Odd is not supported/],
    [{ normalizer: { type: "Precompiled", precompiled_charsmap: "AAAAEEEE" } }, /trie of \d+ bytes, found 6/],
    [
      { normalizer: { type: "Replace", pattern: {}, content: "" } },
      /pattern must be {"String"} or {"Regex"}, found {}/,
    ],
    [{ pre_tokenizer: { type: "UnicodeScripts" } }, /the pre-tokenizer UnicodeScripts is not supported/],
    [{ pre_tokenizer: { type: "Metaspace", prepend_scheme: "last" } }, /the prepend_scheme last is not supported/],
    [{ pre_tokenizer: { ...split("a"), behavior: "Odd" } }, /the behavior Odd is not supported/],
    [{ pre_tokenizer: split("(a)\\1") }, /regular expression "\(a\)\\1": \\1 at character 5 is not supported/],
    [{ pre_tokenizer: split("(?<=a+)b") }, /lookbehind of other than one fixed length/],
    [{ pre_tokenizer: split("a(b") }, /a group without an end/],
    [{ pre_tokenizer: split("[z-a]") }, /this range/],
    [{ pre_tokenizer: split("\\p{Odd}") }, /the property Odd/],
    [{ pre_tokenizer: split("\\X") }, /\\X/],
    [{ pre_tokenizer: split("((a{90}){90}){90}") }, /more than 4000 steps/],
    [{ pre_tokenizer: split("(".repeat(5000) + ")".repeat(5000)) }, /nesting this deep/],
    [{ post_processor: { type: "Odd" } }, /the post-processor Odd is not supported/],
    [{ model: { type: "Odd", vocab: {} } }, /the model Odd is not supported/],
    [{ model: { type: "BPE", vocab: { a: 0 }, merges: [], dropout: 0.1 } }, /dropout 0.1 is not supported/],
    [{ model: { type: "BPE", vocab: { a: 0 }, merges: ["a b"] } }, /merge 0, "a b", must be two tokens/],
    [{ model: { type: "Unigram", vocab: [["a"]] } }, /token 0 must be a string with a score, found \["a"\]/],
    [{ model: { type: "Unigram", vocab: [["a", 0]], unk_id: 7 } }, /unk_id 7 is outside the vocabulary of 1/],
    [{ model: { type: "WordLevel", vocab: { a: -1 } } }, /the id of "a" must be an integer >= 0 and < \d+, found -1/],
  ];
  for (const [change, message] of cases) {
    assert.throws(() => new Tokenizer(words(change), "{}", { special: false }), (error: Error) => {
      assert.match(error.message, message);
      assert.equal(error.name, "KitError");
      return true;
    });
  }
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(join(folder, "tokenizer.json"), words());
  await Deno.writeTextFile(join(folder, "tokenizer_config.json"), '{"tokenizer_class": "T5TokenizerFast"}');
  await assert.rejects(
    Tokenizer.load(folder, { model: {} }),
    /tokenizer_class T5TokenizerFast is not supported.*tokenizer\.json/,
  );
});

Deno.test("a text that needs a missing token is refused with both", () => {
  const vocab = { a: 0 };
  const bare = new Tokenizer(words({}, vocab), "{}", { special: false });
  assert.deepEqual([...bare.encode("a a")], [0, 0]);
  assert.throws(
    () => bare.encode("a b"),
    /Cannot encode the text "a b": a word is unknown and the vocabulary lacks "<unk>"/,
  );
  const added = words({ added_tokens: [{ id: 5, content: "<x>", special: true }] }, vocab);
  const small = new Tokenizer(added, "{}", { special: false, rows: 1 });
  assert.throws(() => small.encode("a <x>"), /token "<x>" has the id 1, the table 1 rows/);
});

/** Seconds that something takes. */
function seconds(run: () => void): number {
  const begin = performance.now();
  run();
  return (performance.now() - begin) / 1000;
}

Deno.test("hostile regular expressions terminate: time grows with the text, not with the number of ways to match", () => {
  const patterns = [
    "(a+)+$",
    "(a|a)*$",
    "(a|aa)+$",
    "(a*)*b",
    "(.*)*x",
    "([a-z]+)*[0-9]",
    "(a?){40}a{40}",
    "a*a*a*a*a*a*b",
    "(?:(?:a+)+)+b",
    "(a+)+(?=b)",
    "(?>(a+)+)b",
    "(?!(a+)+b)a",
  ];
  for (const pattern of patterns) {
    const steps = {
      Split: { pre_tokenizer: split(pattern) },
      Replace: { normalizer: { type: "Replace", pattern: { Regex: pattern }, content: "-" } },
    };
    for (const [name, step] of Object.entries(steps)) {
      const tokenizer = new Tokenizer(words(step), "{}", { special: false });
      const time = seconds(() => {
        if (pattern.startsWith("(?>")) {
          assert.throws(() => tokenizer.encode("a".repeat(20_000) + "!"), /a regular expression takes too long/);
        } else tokenizer.encode("a".repeat(20_000) + "!");
      });
      assert.ok(time < 5, `${name} ${pattern}: ${time} s`);
    }
  }
});

Deno.test("a million added tokens, a word of a million letters and a vocabulary of long tokens terminate", () => {
  const added_tokens = Array.from({ length: 1_000_000 }, (_, i) => ({ content: `<t${i}>`, special: i % 2 === 0 }));
  const json = words({ added_tokens });
  const time = seconds(() => {
    const tokenizer = new Tokenizer(json, "{}", { special: false });
    assert.deepEqual([...tokenizer.encode("a<t7> <t999999>aa")], [1, 10, 1_000_002, 2]);
    tokenizer.encode("<t".repeat(100_000));
  });
  assert.ok(time < 30, `${time} s`);
  const pairs = Object.fromEntries(["a", "aa", "aaaa", "aaaaaaaa"].map((token, id) => [token, id]));
  const bpe = { type: "BPE", vocab: pairs, merges: ["a a", "aa aa", "aaaa aaaa"] };
  const unigram = { type: "Unigram", vocab: [["<unk>", 0], ["a", -1], ["a".repeat(500), -2]], unk_id: 0 };
  const ids = [2 ** 17, 2000].map((length) => [length, "a".repeat(8 * length)] as const);
  for (const [length, text] of ids) {
    const found = new Tokenizer(words({ model: bpe, pre_tokenizer: null }), "{}", { special: false }).encode(text);
    assert.deepEqual([found.length, found[0]], [length, 3]);
  }
  const found = new Tokenizer(words({ model: unigram, pre_tokenizer: null }), "{}", { special: false }).encode(
    ids[1][1],
  );
  assert.deepEqual([found.length, found[0]], [32, 2]);
});

Deno.test("a long text is truncated by its tokens, wherever its words end", () => {
  const tokenizer = (maxLength: number) => new Tokenizer(words(), "{}", { special: false, maxLength });
  for (
    const text of [
      "a aa ".repeat(30_000),
      "a" + " ".repeat(50_000) + "aa",
      "aa\u00a0".repeat(30_000),
      "a\n".repeat(50_000),
    ]
  ) {
    const whole = tokenizer(Infinity).encode(text);
    for (const length of [1, 3, 512]) {
      assert.deepEqual(tokenizer(length).encode(text), whole.slice(0, length));
      assert.equal(tokenizer(length).cuts(text), whole.length > length);
    }
  }
});
