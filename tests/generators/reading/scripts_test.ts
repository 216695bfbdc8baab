import assert from "node:assert/strict";
import { random } from "../../../lib/core/random.ts";
import { endsWithin, sentenceEnds } from "../../../lib/generators/reading/sentences.ts";
import { script } from "../../../lib/generators/reading/language.ts";
import { readReply } from "../../../lib/generators/reading/reply.ts";
import { edit } from "../../../lib/generators/recipes/edit.ts";
import { modelRecipe } from "../../../lib/generators/recipes/registry.ts";

const syneg = modelRecipe("syneg");

/** A positive in a script, passages that are kept, and passages that a guard drops. */
const SCRIPTS: Record<string, { query: string; positive: string; kept: string[]; dropped: [string, RegExp][] }> = {
  Chinese: {
    query: "面包为什么会膨胀",
    positive: "酵母在温暖的厨房里使面团发酵膨胀，因为它把面粉里的糖变成二氧化碳气体和少量酒精。",
    kept: [
      "家庭烘焙者通常把酵头放在罐子里每天喂一次面粉",
      "面包刀有锯齿状的刀刃可以切开硬皮而不压坏面包心。",
      "咖啡豆在烘焙时会释放出香气，温度越高颜色越深，口感也越苦。",
      "用 GPU 训练 BERT 模型时，batch size 太大会让显存不够用。",
    ],
    dropped: [
      ["面包刀很快。", /^short/],
      ["酵母在温暖的厨房里使面团发酵膨胀，因为它把面粉里的糖变成二氧化碳气体和少量的酒精！", /^copy/],
      ["面包为什么会膨胀？", /^query|^short/],
      ["茶叶的发酵程度决定了绿茶和红茶的区别。绿茶未经发酵，而红茶则", /^cut off/],
      ["茶叶的发酵程度决定了绿茶和红茶的区别，绿茶未经发酵，", /^cut off/],
      ["Bread knives have a toothed edge that cuts the crust without crushing the crumb.", /^language/],
      ["弱火で煮ると骨から旨味が出ますので、台所ではゆっくりと待つことが大切です。", /^language/],
      ["很抱歉，我无法协助完成这个请求。", /^refusal/],
    ],
  },
  Japanese: {
    query: "パンはなぜ膨らむのか",
    positive: "酵母は暖かい台所で生地を膨らませます。小麦粉の糖を食べて、二酸化炭素を出すからです。",
    kept: [
      "ベーキングパウダーは焼くときに生地を膨らませるので、ケーキに使われます。",
      "東京都内の製菓専門学校では、製パン技術講習会が毎年開催されている。",
    ],
    dropped: [
      ["酵母は暖かい台所で生地を膨らませます。小麦粉の糖を食べて、二酸化炭素を出すからです", /^copy/],
      ["おいしい。", /^short/],
      ["面包刀有锯齿状的刀刃，可以切开硬皮，而不会压坏里面的面包心。", /^language/],
    ],
  },
  Thai: {
    query: "ทำไมขนมปังถึงฟู",
    positive: "ยีสต์ทำให้แป้งขนมปังฟูขึ้นในครัวที่อบอุ่น เพราะมันเปลี่ยนน้ำตาลในแป้งให้เป็นก๊าซ",
    kept: ["มีดตัดขนมปังมีใบมีดหยักที่สามารถตัดเปลือกแข็งได้โดยไม่ทำให้เนื้อขนมปังเสียรูป"],
    dropped: [
      ["ยีสต์ทำให้แป้งขนมปังฟูขึ้นในครัวที่อบอุ่น เพราะมันเปลี่ยนน้ำตาลในแป้งให้เป็นก๊าซ.", /^copy/],
      ["ขนมปัง", /^short/],
    ],
  },
  Hindi: {
    query: "रोटी क्यों फूलती है",
    positive: "खमीर गर्म रसोई में आटे को फुला देता है। वह आटे की चीनी को गैस में बदल देता है।",
    kept: ["रोटी काटने वाले चाकू में दाँत होते हैं जो कड़ी परत को आसानी से काट देते हैं।"],
    dropped: [["रोटी काटने वाले चाकू में दाँत होते हैं। वे कड़ी परत को", /^cut off/]],
  },
  Korean: {
    query: "빵은 왜 부풀어 오르나요",
    positive: "효모는 따뜻한 부엌에서 반죽을 부풀게 합니다. 밀가루의 당을 기체로 바꾸기 때문입니다.",
    kept: ["빵칼에는 톱니 모양의 날이 있어서 단단한 껍질을 쉽게 자를 수 있습니다."],
    dropped: [["빵칼에는 톱니 모양의 날이 있어서 단단한 껍질을", /^cut off/]],
  },
};

for (const [name, { query, positive, kept, dropped }] of Object.entries(SCRIPTS)) {
  const subject = { queryId: "q", query, positiveId: "d", positive: { title: "", text: positive } };
  const read = (text: string) =>
    readReply(
      { text: JSON.stringify({ hard_negatives: [{ title: "", text }] }), finishReason: "stop" },
      syneg,
      subject,
      1,
    )
      .items[0];
  Deno.test(`guards count and compare words in ${name}`, () => {
    for (const text of kept) assert.deepEqual([read(text).verdict, read(text).reason], ["kept", undefined], text);
    for (const [text, reason] of dropped) assert.match(read(text).reason ?? "kept", reason, text);
  });
}

Deno.test("a text that ends within a sentence is recognized by its script's marks", () => {
  const whole = [
    "Es ist so.",
    "真的吗？",
    "そうです。」",
    "क्या है।",
    "هل هذا صحيح؟",
    "យើង។",
    'He said "go."',
    "ดีมาก",
    "一句话",
  ];
  for (const text of whole) assert.ok(!endsWithin(text, "So it is."), text);
  for (const text of ["It is a", "第一句。第二", "第一，", "यह है", "هذا هو"]) {
    assert.ok(endsWithin(text, "So it is."), text);
  }
  assert.deepEqual(sentenceEnds("One. Two! 三。四？五"), [5, 10, 12, 14, 15]);
});

Deno.test("scripts are distinguished, Chinese from Japanese by kana", () => {
  const texts = {
    Latin: "This is a sentence.",
    Han: "这是一个关于面包的中文句子。",
    Japanese: "東京都内製菓専門学校で毎年開催される。",
    Thai: "นี่คือประโยคภาษาไทย",
    Hangul: "이것은 한국어로 쓴 문장입니다",
    Tamil: "இது ஒரு தமிழ் வாக்கியம்",
  };
  for (const [name, text] of Object.entries(texts)) assert.equal(script(text), name);
});

Deno.test("an edit changes the sentence nearest to the query in scripts without spaces", () => {
  const text = "面包要烤 45 分钟。咖啡豆要烘焙 12 分钟。";
  const subject = { queryId: "q", query: "咖啡豆烘焙多久", positiveId: "d", positive: { title: "", text } };
  for (let seed = 0; seed < 20; seed++) {
    const items = edit.write(subject, { count: 1, random: random(seed), names: [], reach: Infinity });
    assert.match(items[0].text, /^面包要烤 45 分钟。咖啡豆要烘焙 (?!12)\d\d 分钟。$/);
  }
});
