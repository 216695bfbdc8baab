export { readTopics, type TopicOptions } from "./topics.ts";
export { readRun, writeQrels, writeRun } from "./trec.ts";
