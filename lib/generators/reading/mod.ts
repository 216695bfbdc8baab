/**
 * Reads the replies of language models: what is thought, what is answered, and which items are of use.
 *
 * @module
 */
export { occursIn } from "./occurs_in.ts";
export { ranksOf } from "./ranks_of.ts";
export { readReply, type Reply } from "./reply.ts";
export { sentenceEnds } from "./sentences.ts";
