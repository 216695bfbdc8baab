const CANNOT =
  "(?:(?:(?:i(?:'|’)?m|i am) (?:so |very |truly )?sorry|sorry|apologies|my apologies|i apologi[sz]e|unfortunately)[,.;:!]?\\s*(?:but |that )?\\s*)?" +
  "(?:(?:as an ai[^,.]{0,40},\\s*)?i (?:cannot|can(?:'|’)?t|can not|could not|couldn(?:'|’)t|won(?:'|’)t|will not|am unable to|am not able to|must decline to|have to decline to|refuse to|do not feel comfortable|don(?:'|’)t feel comfortable)|i(?:'|’)m (?:unable|not able|not comfortable)(?: to)?)";
const SERVE =
  "(?:\\s+(?:ethically|in good conscience|directly|really|actually|please))?\\s*(?:help|assist|comply|fulfil+|provide|provid\\w+|write|writing|create|creat\\w+|generate|generat\\w+|produce|produc\\w+|complete|answer|respond|continue|engage|support|do|offer|proceed|participate|discuss)\\b";
/** The task, in words that passages do not use about themselves. */
const TASK =
  /\b(?:(?:this|that|your|such(?: an?)?|the) (?:\w+ )?(?:request|prompt|task|instructions?)|misleading|misinformation|disinformation|deceptive|false information|harmful|hard[- ]negatives?|(?:these|those|such|the requested) (?:\w+ )?(?:passages?|documents?|content)|content (?:that|which|about|on|of|related|promoting|intended)|(?:anything )?else (?:that )?i can (?:help|assist)|creating (?:\w+ )?(?:passages?|documents?|content))\b/i;
const REFUSES = new RegExp(`^["“*_\\s]*${CANNOT}${SERVE}`, "i");
/** A refusal without a reason: "I can't help with that." */
const CURT = new RegExp(
  `^["“*_\\s]*${CANNOT}\\s*(?:help|assist|comply|do|continue|proceed|provide|answer|fulfil+|support)(?: you)?(?: with)?(?: (?:this|that|it|these|those|your|the)(?: \\w+)?)?\\s*(?:[.!;,]|$)`,
  "i",
);
const MACHINE =
  /^["“*_\s]*(?:(?:i(?:'|’)?m|i am) (?:so |very )?sorry,? but )?(?:as an? (?:ai|artificial|language model|large language)\b|i(?:'|’)?m (?:just )?an ai\b|i am (?:just )?an ai\b|i must decline|i(?:'|’)d rather not\b)/i;
/** Apology or inability at the start, in other languages. */
const ABROAD =
  /^(?:(?:很|非常)?抱歉|对不起|對不起|我(?:无法|不能|無法)(?:提供|协助|帮助|完成|生成|写|回答|協助|滿足)|申し訳|すみませんが|ごめんなさい|お手伝いできません|죄송|미안하지만|(?:es tut mir (?:sehr )?leid|tut mir leid|entschuldigung),? (?:aber )?(?:ich|das|dabei)|(?:je suis (?:vraiment )?désolée?|désolée?),? (?:mais )?je ne|(?:lo siento|lo lamento),? (?:pero )?no pued|(?:desculpe|sinto muito|lamento),? (?:mas )?(?:eu )?não poss|mi dispiace,? (?:ma )?non poss|het spijt me,? (?:maar )?ik kan|(?:извините|простите|к сожалению),? (?:но )?я не м|přepáčte|przepraszam,? (?:ale )?nie mog|üzgünüm,? ancak|آسف|عذرا|क्षमा करें|xin lỗi,? (?:nhưng )?tôi không)/iu;

/**
 * Whether a text refuses the task. "I cannot sleep" and "I can't help noticing" do not: a refusal names a service and the
 * task.
 *
 * @param options `alone`: whether the text is the whole reply, which may refuse in fewer words than an item of a list.
 */
export function isRefusal(text: string, { alone = false } = {}): boolean {
  const said = text.trim();
  if (said.length >= 1000) return false;
  if (MACHINE.test(said)) return true;
  if (REFUSES.test(said) && !/^.{0,60}\bhelp (?:but|it\b|my|feeling|wonder|notic|think)/i.test(said)) {
    const first = said.slice(0, 300);
    if (TASK.test(first)) return true;
    if (CURT.test(said) && (alone || said.length < 80)) return true;
  }
  return ABROAD.test(said) && said.length < (alone ? 400 : 160);
}
