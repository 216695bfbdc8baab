import { div, fusedMatMul, gather, maximum, mul, reduceSum, slice, sqrt } from "../graph/mod.ts";
import type { Graph } from "../graph/graph.ts";
import type { Tensor } from "../graph/graph.ts";
import type { Similarity } from "../encoders/types.ts";
import type { Feeds } from "../graph/types.ts";
import type { Batch } from "./batches/batch.ts";
import type { Loss } from "./losses/types.ts";
import type { FrozenVectors } from "./frozen_vectors.ts";
import type { Matrices } from "./matrices.ts";
import type { StepOptions } from "./step_types.ts";

/** Options of {@link appendLoss}. */
export interface LossGraphOptions {
  /**
   * How embeddings are compared.
   *
   * @default {"cosine"}
   */
  similarity?: Similarity;
  /**
   * Whether candidates and queries have weights.
   *
   * @default {false}
   */
  weighted?: boolean;
  /**
   * Whether documents are frozen: `embeddings` are those of queries alone, and the documents' are an input.
   *
   * @default {false}
   */
  frozen?: boolean;
}

/** Appends scores and loss to embeddings `[texts, dimension]`; cut ones are brought to length 1 unless compared by dot. */
export function appendLoss(
  graph: Graph,
  embeddings: Tensor,
  loss: Loss,
  { similarity = "cosine", weighted = false, frozen = false }: LossGraphOptions = {},
): { value: Tensor; scores: Tensor } {
  const queryIndex = graph.input("query_index", { dtype: "int32", shape: ["queries"] });
  const candidateIndex = graph.input("candidate_index", { dtype: "int32", shape: ["candidates"] });
  const dimension = embeddings.shape[1];
  const documents = frozen ? graph.input("documents", { shape: ["documents", dimension] }) : embeddings;
  const score = (queries: Tensor, documents: Tensor) =>
    fusedMatMul(gather(queries, queryIndex), gather(documents, candidateIndex), { transB: true });
  const scores = score(embeddings, documents);
  const shape = ["queries", "candidates"];
  const value = loss.build({
    scores,
    relations: graph.input("relations", { shape }),
    columns: graph.input("columns", { dtype: "int32", shape: ["queries", "positives"] }),
    grades: graph.input("grades", { shape: ["queries", "positives"] }),
    ...(loss.needs.teacher ? { teacher: graph.input("teacher", { shape }) } : {}),
    ...(loss.needs.guide ? { guide: graph.input("guide", { shape }) } : {}),
    ...(loss.needs.sources ? { sources: graph.input("sources", { dtype: "int32", shape: ["candidates"] }) } : {}),
    ...(weighted
      ? {
        weights: graph.input("weights", { shape }),
        queryWeights: graph.input("query_weights", { shape: ["queries"] }),
      }
      : {}),
    truncated(length) {
      if (length === dimension) return scores;
      const cut = (vectors: Tensor) => {
        const part = slice(vectors, { axis: 1, start: 0, end: length });
        if (similarity === "dot") return part;
        const norm = sqrt(reduceSum(mul(part, part), { axes: [1], keepDims: true }));
        return div(part, maximum(norm, 1e-12));
      };
      const queries = cut(embeddings);
      return score(queries, frozen ? cut(documents) : queries);
    },
  });
  return { value, scores };
}

/** What the inputs of {@link appendLoss} are fed. */
export function lossFeeds(
  batch: Batch,
  { teacher, guide, documents }: Matrices & { documents?: FrozenVectors },
  { loss, weighted }: StepOptions,
): Feeds {
  const { data, queries, candidates } = batch.relations;
  const shape = [queries, candidates];
  return {
    query_index: { data: batch.queryIndex, shape: [queries] },
    candidate_index: { data: documents ? documents.index : batch.candidateIndex, shape: [candidates] },
    ...(documents ? { documents: { data: documents.vectors, shape: [documents.count, documents.dimension] } } : {}),
    relations: { data, shape },
    columns: { data: batch.columns, shape: [queries, batch.positives] },
    grades: { data: batch.grades, shape: [queries, batch.positives] },
    ...(teacher ? { teacher: { data: teacher, shape } } : {}),
    ...(guide ? { guide: { data: guide, shape } } : {}),
    ...(loss.needs.sources ? { sources: { data: batch.candidateSources, shape: [candidates] } } : {}),
    ...(weighted
      ? {
        weights: { data: batch.weights ?? new Float32Array(queries * candidates).fill(1), shape },
        query_weights: { data: batch.queryWeights ?? new Float32Array(queries).fill(1), shape: [queries] },
      }
      : {}),
  };
}
