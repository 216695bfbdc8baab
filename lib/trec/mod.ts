export { readTopics, type TopicOptions } from "./topics.ts";
export { identifier, readRun, writeQrels, writeRun } from "./trec.ts";
