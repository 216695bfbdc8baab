import type { Basis } from "../basis.ts";
import { percent } from "../../encoders/text_cuts.ts";
import { html, type Markup, table } from "./html.ts";
import { PRESETS } from "../presets.ts";
import type { ExperimentConfig } from "../types.ts";

/** The part of the report that lists what its numbers depend on besides the configuration. */
export function basisSection(basis: Basis | undefined, config: ExperimentConfig): Markup {
  if (!basis) {
    return html`
      <h2>What the numbers rest on</h2>
      <p>An earlier version of the kit prepared this run and did not record how many texts were cut, nor which queries and judgements count.</p>
    `;
  }
  return html`<h2>What the numbers rest on</h2>${cuts(basis)}<ul>${
    statements(basis, config).map((text) => html`<li>${text}</li>`)
  }</ul>${sources(basis)}`;
}

function cuts({ cuts }: Basis): Markup {
  if (!cuts) return html``;
  const { maxLength, counts } = cuts;
  if (maxLength === null) return html`<p>The encoder reads every text to its end.</p>`;
  return table(
    ["texts", "count", `cut at ${maxLength} tokens`, "share"],
    counts.map(({ what, texts, cut }) => [what, number(texts), number(cut), percent(cut, texts)]),
  );
}

function statements(basis: Basis, config: ExperimentConfig): string[] {
  const { collection, splits, encoder } = basis;
  const { train, dev, test } = config.splits;
  const role: Record<string, string> = { [dev]: "dev", [train]: "training", [test]: "test" };
  const at = (wanted: string) => splits.find(({ split }) => split === wanted)!;
  const prompt = (text: string) => text === "" ? "nothing" : JSON.stringify(text);
  return [
    `Collection ${collection.origin ?? collection.name}: ${number(collection.passages)} passages; ` +
    splits.map(({ split, queries, judgements }) =>
      `${role[split]} on ${split}, ${number(queries)} queries with ${number(judgements)} judgements`
    ).join("; ") + ".",
    at(test).withoutPositive === 0
      ? `Every judged query of ${test} counts and has a relevant passage.`
      : `${number(at(test).withoutPositive)} of ${
        number(at(test).queries)
      } judged queries of ${test} have no relevant ` +
        "passage in the corpus. They count, with 0 in every arm.",
    ...splits.filter(({ askedInTraining }) => askedInTraining > 0).map(({ split, queries, askedInTraining }) =>
      `${number(askedInTraining)} of ${
        number(queries)
      } queries of ${split} ask, word for word, what a training query asks.`
    ),
    ...collection.findings.map(({ kind, count, examples }) =>
      `In the collection: ${number(count)} ${kind} (${examples.join(", ")}${count > examples.length ? " …" : ""}).`
    ),
    dev === test
      ? `Dev is the test split: it is measured once, at the end.`
      : `Training is measured on ${dev} on the way; no weights are chosen by it, every arm takes all its steps.`,
    `Vectors are compared by ${encoder.similarity}, as the encoder's folder says.`,
    `Put before each query: ${prompt(encoder.prompts.query)}; before each passage: ${
      prompt(encoder.prompts.document)
    }.`,
    ...config.arms.some(({ method }) => method === "fine-tuned") ? training(basis, config) : [],
    ...config.arms.some(({ method }) => method === "bm25")
      ? ["BM25 ranks with k1 = 0.9 and b = 0.4 over English stems, as Anserini's defaults do; it reads whole texts."]
      : [],
    `With ${number(config.statistics.rounds)} rounds, no p-value is below ` +
    `${(1 / (config.statistics.rounds + 1)).toPrecision(1)} before its adjustment.`,
    "Measures follow trec_eval: a passage is relevant from grade 1, and one that nobody judged counts as not relevant.",
    "Rankings are exact: every passage is scored for every query, except a passage that is the query itself.",
  ];
}

/** What every fine-tuned arm shares without being in the configuration. */
function training({ severalPositives, trainingQueries }: Basis, config: ExperimentConfig): string[] {
  const known = PRESETS[config.name]?.config;
  const chosen = known && known.train.learningRate === config.train.learningRate &&
    (known.collection !== config.collection || known.encoder !== config.encoder);
  const seeds = config.seeds === 1 ? "one seed" : `${config.seeds} seeds`;
  return [
    `Each fine-tuned arm is trained with ${seeds}; other arms have no chance in them and run once.`,
    ...chosen
      ? [
        `The training settings are those of the preset "${config.name}", made for collection ${known.collection} and ` +
        `encoder ${known.encoder}: nobody chose them for this collection and encoder.`,
      ]
      : [],
    severalPositives === 0
      ? "Every training query has one known positive."
      : `${number(severalPositives)} of ${
        number(trainingQueries)
      } training queries have several known positives: each ` +
        "epoch draws one.",
    "Known positives, and passages with the same text, are never negatives. Gradients are clipped at norm 1. The optimizer " +
    "is AdamW.",
  ];
}

function sources({ sources, trainingQueries }: Basis): Markup {
  if (sources.length === 0) return html``;
  return html`<p>Candidates that arms draw from, after all filters, and the training queries that have any:</p>${
    table(
      ["source", "candidates kept", `queries of ${number(trainingQueries)}`, "share"],
      sources.map(({ source, recipe, kept, queries }) => [
        recipe === null ? source : `${source} (${recipe})`,
        number(kept),
        number(queries),
        percent(queries, trainingQueries),
      ]),
    )
  }`;
}

function number(value: number): string {
  return value.toLocaleString("en");
}
