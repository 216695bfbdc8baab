import { compile, gradients, Graph } from "../../lib/graph/mod.ts";
import type { Tensor } from "../../lib/graph/graph.ts";
import type { Loss } from "../../lib/training/losses/types.ts";

/** A batch as plain arrays, `[queries, candidates]` row after row. */
export interface Case {
  queries: number;
  candidates: number;
  scores: readonly number[];
  relations: readonly number[];
  teacher: readonly number[];
  guide: readonly number[];
  weights?: readonly number[];
  queryWeights?: readonly number[];
  /** Of every candidate. Omit for known positives only. */
  sources?: readonly number[];
}

/** Value and gradient with regard to the scores of a loss. */
export async function runLoss(loss: Loss, input: Case): Promise<{ value: number; gradient: number[] }> {
  const { queries, candidates } = input;
  const graph = new Graph();
  const shape = ["queries", "candidates"];
  const scores = graph.input("scores", { shape });
  const inputs = {
    scores,
    relations: graph.input("relations", { shape }),
    columns: graph.input("columns", { dtype: "int32", shape: ["queries", "positives"] }),
    grades: graph.input("grades", { shape: ["queries", "positives"] }),
    teacher: graph.input("teacher", { shape }),
    guide: graph.input("guide", { shape }),
    sources: graph.input("sources", { dtype: "int32", shape: ["candidates"] }),
    ...(input.weights ? { weights: graph.input("weights", { shape }) } : {}),
    ...(input.queryWeights ? { queryWeights: graph.input("query_weights", { shape: ["queries"] }) } : {}),
    truncated: (): Tensor => scores,
  };
  const value = loss.build(inputs);
  const [gradient] = gradients(value, [scores]);
  const session = await compile({ value, gradient }, { threads: 1 });
  try {
    const matrix = (data: readonly number[]) => ({ data: Float32Array.from(data), shape: [queries, candidates] });
    const rows = Array.from(
      { length: queries },
      (_, i) => Array.from({ length: candidates }, (_, j) => j).filter((j) => input.relations[i * candidates + j] > 0),
    );
    const most = Math.max(1, ...rows.map(({ length }) => length));
    const columns = new Int32Array(queries * most);
    const grades = new Float32Array(queries * most);
    rows.forEach((row, i) =>
      row.forEach((j, k) => {
        columns[i * most + k] = j;
        grades[i * most + k] = input.relations[i * candidates + j];
      })
    );
    const result = await session.run({
      scores: matrix(input.scores),
      relations: matrix(input.relations),
      teacher: matrix(input.teacher),
      guide: matrix(input.guide),
      sources: { data: Int32Array.from(input.sources ?? Array(candidates).fill(-1)), shape: [candidates] },
      ...(input.weights ? { weights: matrix(input.weights) } : {}),
      ...(input.queryWeights
        ? { query_weights: { data: Float32Array.from(input.queryWeights), shape: [queries] } }
        : {}),
      columns: { data: columns, shape: [queries, most] },
      grades: { data: grades, shape: [queries, most] },
    });
    return { value: Number(result.value.data[0]), gradient: Array.from(result.gradient.data, Number) };
  } finally {
    await session.dispose();
  }
}
