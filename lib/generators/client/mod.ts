/**
 * A client of the chat completions API: requests, answers, errors, retries, rates.
 *
 * @module
 */
export { type Answer, answerOf } from "./answer.ts";
export { type Call, type Format, requestBody } from "./chat_completions.ts";
export { type Completion, Endpoint } from "./endpoint.ts";
export type { EndpointOptions } from "./endpoint_options.ts";
export { costOf, type Price } from "./price.ts";
export { EndpointError } from "./endpoint_error.ts";
export { estimateUsage, textTokens } from "./estimate.ts";
export { RateLimit, type RateOptions } from "./rate_limit.ts";
export { replySchema } from "./reply_schema.ts";
export { retry } from "./retry.ts";
export { saidBy } from "./server_error.ts";
export type { Usage } from "./usage.ts";
