import assert from "node:assert/strict";
import { isRefusal } from "../../../lib/generators/reading/refusal.ts";

/** Refusals, alone and as an item of a list. */
const REFUSALS = [
  "I cannot write misleading documents about this subject.",
  "I'm sorry, but I can't help with creating misleading documents.",
  "I’m sorry, but I can’t assist with that request.",
  "I'm sorry, I cannot fulfill your request to generate false information.",
  "I cannot generate content that promotes or glorifies nudity. Is there something else I can help you with?",
  "As an AI language model, I do not have opinions about bread.",
  "I am not able to provide harmful content of this kind.",
  "I must decline to write these.",
  "I can't help with that.",
  "I won't do that.",
  "Sorry, I can't assist with this request.",
  "I'm unable to comply with this request, as it asks for misinformation.",
  "很抱歉，我无法协助完成这个请求。",
  "申し訳ありませんが、そのご依頼にはお応えできません。",
  "죄송하지만 요청하신 내용을 작성할 수 없습니다.",
  "Es tut mir leid, aber ich kann dabei nicht helfen.",
  "Lo siento, pero no puedo ayudar con eso.",
  "Je suis désolé, mais je ne peux pas vous aider.",
];
/** What people write of themselves. */
const PASSAGES = [
  "I can't get my starter to float in water after five days of feeding. It smells sour and has bubbles, but it sinks.",
  "Sorry, I don't have a stand mixer. Has anyone kneaded a wet dough by hand and lived to tell?",
  "I am a nurse and I cannot take the flu vaccine because of an allergy to eggs. What do others do?",
  "I cannot sleep when the moon is full, and my doctor says that this is common among light sleepers.",
  "I can't help but notice that the dough rises faster in summer than in winter, whatever flour I use.",
  "I can't help it: whenever I smell fresh bread, I buy two loaves and eat the first one on the way home.",
  "I cannot write with my left hand since the stroke, so my daughter keeps the diary of what I eat.",
  "I am unable to lift my arm above the shoulder since the accident, and the pain is worst at night.",
  "I won't buy from that mill again, since the last two bags of rye flour were full of moths.",
  "Unfortunately, I am allergic to walnuts, so I bake the cake with sunflower seeds in their place.",
  "I'm sorry to say that the oven of this brand broke after two years, and no parts are to be had.",
  "I will not answer calls from numbers that I do not know, and neither should you, says the bank.",
  "I can't do push-ups since my wrist broke, so the trainer showed me planks on the forearms instead.",
  "As an airline pilot I fly the route twice a week, and the view of the glacier is best from the left.",
  "I cannot create a bootable stick on my Mac, since the tool says that the disk is in use by another process.",
  "I couldn't complete the marathon, because my knee gave way at the thirtieth kilometre in the rain.",
  "I'm unable to support my family on one income, so I applied for the benefit, and it took three months.",
];

for (const text of REFUSALS) {
  Deno.test(`refuses: ${text}`, () => {
    assert.ok(isRefusal(text));
    assert.ok(isRefusal(text, { alone: true }));
  });
}
for (const text of PASSAGES) {
  Deno.test(`not a refusal: ${text.slice(0, 50)}`, () => {
    assert.ok(!isRefusal(text));
    assert.ok(!isRefusal(text, { alone: true }));
  });
}
