import { count, counted } from "../../core/format_numbers.ts";
import { percent } from "../../encoders/text_cuts.ts";
import type { Basis } from "../basis.ts";
import { PRESETS } from "../presets.ts";
import type { ExperimentConfig } from "../types.ts";
import { html, type Markup, table } from "./html.ts";

/** The part of the report that lists what its numbers depend on besides the configuration. */
export function basisSection(basis: Basis | undefined, config: ExperimentConfig): Markup {
  if (!basis) {
    return html`
      <h2>What the numbers depend on</h2>
      <p>An earlier version of the kit prepared this run. It did not record how many texts were cut, nor which queries and judgments count.</p>
    `;
  }
  const statements = [
    ...ofCollection(basis, config),
    ...ofEncoder(basis),
    ...config.arms.some(({ method }) => method === "fine-tuned") ? ofTraining(basis, config) : [],
    ...ofRanking(config),
  ];
  return html`<h2>What the numbers depend on</h2>${cuts(basis)}<ul>${
    statements.map((text) => html`<li>${text}</li>`)
  }</ul>${sources(basis)}`;
}

function cuts({ cuts }: Basis): Markup {
  if (!cuts) return html``;
  const { maxLength, counts } = cuts;
  if (maxLength === null) return html`<p>The encoder reads every text to its end.</p>`;
  return table(
    ["texts", "count", `cut at ${maxLength} tokens`, "share"],
    counts.map(({ what, texts, cut }) => [what, count(texts), count(cut), percent(cut, texts)]),
  );
}

function ofCollection({ collection, splits }: Basis, config: ExperimentConfig): string[] {
  const { train, dev, test } = config.splits;
  const role: Record<string, string> = { [dev]: "dev", [train]: "training", [test]: "test" };
  const { queries, withoutPositive } = splits.find(({ split }) => split === test)!;
  return [
    `Collection ${collection.origin ?? collection.name}: ${count(collection.passages)} passages; ` +
    splits.map(({ split, queries, judgments }) =>
      `${role[split]} split ${split} with ${count(queries)} queries and ${count(judgments)} judgments`
    ).join("; ") + ".",
    withoutPositive === 0
      ? `Every judged query of ${test} counts and has a relevant passage.`
      : `${count(withoutPositive)} of ${count(queries)} judged queries of ${test} have no relevant passage in the ` +
        "corpus. They count, with 0 in every arm.",
    ...splits.filter(({ askedInTraining }) => askedInTraining > 0).map(({ split, queries, askedInTraining }) =>
      `${count(askedInTraining)} of ${count(queries)} queries of ${split} repeat a training query word for word.`
    ),
    ...collection.findings.map((finding) =>
      `In the collection: ${count(finding.count)} ${finding.kind} (${finding.examples.join(", ")}${
        finding.count > finding.examples.length ? " …" : ""
      }).`
    ),
    dev === test
      ? "Dev is the test split: it is evaluated once, at the end."
      : `Training is evaluated on ${dev}. This chooses no weights: every arm takes all its steps.`,
  ];
}

function ofEncoder({ encoder: { similarity, prompts } }: Basis): string[] {
  const shown = (prompt: string) => prompt === "" ? "none" : JSON.stringify(prompt);
  return [
    `Vectors are compared by ${similarity}, as the encoder's folder specifies.`,
    `Prompt of queries: ${shown(prompts.query)}; prompt of passages: ${shown(prompts.document)}.`,
  ];
}

/** What every fine-tuned arm shares without being in the configuration. */
function ofTraining({ severalPositives, trainingQueries }: Basis, config: ExperimentConfig): string[] {
  const preset = PRESETS[config.name]?.config;
  const borrowed = preset && preset.train.learningRate === config.train.learningRate &&
    (preset.collection !== config.collection || preset.encoder !== config.encoder);
  return [
    `Each fine-tuned arm is trained with ${counted(config.seeds, "seed")}; other arms involve no chance and run once.`,
    ...borrowed
      ? [
        `The training settings of the preset "${config.name}" were chosen for collection ${preset.collection} and ` +
        `encoder ${preset.encoder}, not for this collection and encoder.`,
      ]
      : [],
    severalPositives === 0
      ? "Every training query has one known positive."
      : `${count(severalPositives)} of ${count(trainingQueries)} training queries have several known positives: each ` +
        "epoch draws one.",
    "Known positives, and passages with the same text, are never negatives. Gradients are clipped at norm 1. The " +
    "optimizer is AdamW.",
  ];
}

function ofRanking({ arms, statistics: { rounds } }: ExperimentConfig): string[] {
  return [
    ...arms.some(({ method }) => method === "bm25")
      ? ["BM25 ranks with k1 = 0.9 and b = 0.4 over English stems, as Anserini does by default; it reads whole texts."]
      : [],
    `With ${count(rounds)} rounds, no p-value is below ${(1 / (rounds + 1)).toPrecision(1)} before its adjustment.`,
    "Measures follow trec_eval: a passage is relevant from grade 1, and an unjudged passage counts as not relevant.",
    "Rankings are exact: every passage is scored for every query, except a passage that is the query itself.",
  ];
}

function sources({ sources, trainingQueries }: Basis): Markup {
  if (sources.length === 0) return html``;
  return html`<p>Candidates that arms draw from, after all filters, and the training queries that have any:</p>${
    table(
      ["source", "candidates kept", `queries of ${count(trainingQueries)}`, "share"],
      sources.map(({ source, recipe, kept, queries }) => [
        recipe === null ? source : `${source} (${recipe})`,
        count(kept),
        count(queries),
        percent(queries, trainingQueries),
      ]),
    )
  }`;
}
