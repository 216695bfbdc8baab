import type { Collection } from "../collections/types.ts";
import { textTable } from "../core/text_table.ts";
import type { Leakage } from "./leakage.ts";
import type { Settings } from "./options.ts";
import type { JudgeStage } from "./stages/judge.ts";
import type { NegativesStage } from "./stages/negatives.ts";
import { type QueriesStage, told } from "./stages/queries.ts";
import type { ReadStage } from "./stages/read.ts";
import type { PipelineVerdict } from "./verdict.ts";

/** What {@link pipelineReport} tells. */
export interface ReportInput {
  readonly settings: Settings;
  readonly read: ReadStage;
  readonly asked: QueriesStage["counts"];
  readonly judged: JudgeStage["counts"];
  readonly made: NegativesStage["counts"];
  readonly leaked: Leakage;
  readonly verdict: PipelineVerdict;
  readonly collection: Collection;
}

/** The report of a run as Markdown. */
export function pipelineReport(input: ReportInput): string {
  const { settings, verdict, collection } = input;
  return [
    "# Documents in, verdict out",
    verdict.text,
    `Encoder ${settings.encoder}, model ${settings.model}, seed ${settings.seed}. Collection digest ${collection.digest}.`,
    documents(input),
    queries(input),
    negatives(input),
    leakage(input.leaked),
    "## Limits",
    "The queries are a model's, not a user's. Judgments come from the same model and cover only candidates that BM25 and " +
    "the encoder before training find; a passage that only the fine-tuned encoder finds counts as not relevant, so the " +
    "verdict errs against fine-tuning. One training seed: the interval is about this encoder.",
    "",
  ].join("\n\n");
}

function documents({ read: { documents, corpus, findings } }: ReportInput): string {
  const duplicates = documents.filter(({ id, group }) => id !== group);
  const rows = (["train", "dev", "test"] as const).map((split) => {
    const own = new Set(documents.filter((document) => document.split === split).map(({ id }) => id));
    let chunks = 0;
    for (const metadata of corpus.column("metadata")) if (own.has(JSON.parse(metadata!).document)) chunks++;
    return [split, own.size, chunks];
  });
  return [
    "## Documents",
    fenced(textTable(["split", "documents", "chunks"], rows)),
    `${duplicates.length} documents are near-duplicates of another and share its split.`,
    `${findings.length} files or documents were left out${findings.length > 0 ? ":" : "."}`,
    ...findings.slice(0, 50).map(({ file, reason }) => `- ${file}: ${reason}`),
  ].join("\n\n");
}

function queries({ asked, judged, collection }: ReportInput): string {
  const rows = Object.entries(collection.qrels).map(([split, table]) => [
    ...[split, new Set(table.column("query_id")).size, table.length],
  ]);
  return [
    "## Queries and judgments",
    `${asked.written} queries written for ${asked.passages} passages: ${asked.repeated} repeat another, ${asked.lost} do ` +
    `not find their passage, ${asked.kept} are kept. Requests: ${told(asked.outcomes)}.`,
    `${judged.judged} candidates judged: ${judged.relabeled} answer the query and became positives, ${judged.dropped} ` +
    `are in doubt and were dropped. Requests: ${told(judged.outcomes)}.`,
    fenced(textTable(["split", "queries", "judgments"], rows)),
  ].join("\n\n");
}

function negatives({ made }: ReportInput): string {
  const steps = made.steps.map(({ source, rule, dropped, left }) => [source, rule, dropped, left]);
  return [
    "## Negatives",
    `${made.written} written. Requests: ${told(made.outcomes)}.`,
    fenced(textTable(["source", "rule", "dropped", "left"], steps)),
  ].join("\n\n");
}

function leakage(found: Leakage): string {
  const rows = [
    ["test passages in training data", found.passagesInTraining.length],
    ["test passages in prompts", found.passagesInPrompts.length],
    ["test queries in training data", found.queriesInTraining.length],
    ["test queries in prompts", found.queriesInPrompts.length],
  ];
  const named = Object.values(found).flat().slice(0, 20);
  return [
    "## Leakage",
    fenced(textTable(["what", "found"], rows)),
    ...named.length > 0 ? [`Such as ${named.join(", ")}.`] : [],
  ].join("\n\n");
}

function fenced(text: string): string {
  return `\`\`\`text\n${text}\n\`\`\``;
}
