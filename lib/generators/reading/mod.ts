/**
 * Reads the replies of language models: what is thought, what is answered, and which items are of use.
 *
 * @module
 */
export { readReply, type Reply } from "./reply.ts";
export { sentenceEnds } from "./sentences.ts";
