/** One query as a measure sees it. */
export interface JudgedRanking {
  /** Grades of the retrieved documents in rank order; what is not judged has grade 0. */
  readonly grades: ArrayLike<number>;
  /** Grades of all judged documents, highest first. */
  readonly judged: ArrayLike<number>;
}

/** What a kind of measure is. */
export interface MeasureKind {
  readonly about: string;
  /** Whether `@k` must, may or cannot stand behind the name. */
  readonly cutoff: "required" | "optional";
  /** Whether it uses the grades themselves (then `(rel=2)` has no meaning) or only relevant or not. */
  readonly graded: boolean;
  /** trec_eval's name without and with a cutoff. */
  readonly trec: { readonly plain?: string; readonly cut?: string };
  /** The value for the first `depth` documents; a grade of at least `level` is relevant. */
  compute(ranking: JudgedRanking, depth: number, level: number): number;
}

/** Every kind of measure by name, with trec_eval's definitions. */
export const MEASURES = {
  nDCG: {
    about: "normalised discounted cumulative gain: gain = grade, discount log2(rank + 1)",
    cutoff: "optional",
    graded: true,
    trec: { plain: "ndcg", cut: "ndcg_cut" },
    compute({ grades, judged }, depth) {
      const ideal = discounted(judged, depth);
      return ideal > 0 ? discounted(grades, depth) / ideal : 0;
    },
  },
  MAP: {
    about: "average precision: mean over all relevant documents of the precision at their ranks",
    cutoff: "optional",
    graded: false,
    trec: { plain: "map", cut: "map_cut" },
    compute({ grades, judged }, depth, level) {
      const relevant = count(judged, Infinity, level);
      let found = 0;
      let sum = 0;
      for (let i = 0; i < Math.min(depth, grades.length); i++) {
        if (grades[i] >= level) sum += ++found / (i + 1);
      }
      return relevant > 0 ? sum / relevant : 0;
    },
  },
  MRR: {
    about: "reciprocal rank of the first relevant document",
    cutoff: "optional",
    graded: false,
    trec: { plain: "recip_rank" },
    compute({ grades }, depth, level) {
      for (let i = 0; i < Math.min(depth, grades.length); i++) if (grades[i] >= level) return 1 / (i + 1);
      return 0;
    },
  },
  P: {
    about: "precision: relevant documents among the first k, divided by k",
    cutoff: "required",
    graded: false,
    trec: { cut: "P" },
    compute: ({ grades }, depth, level) => count(grades, depth, level) / depth,
  },
  Recall: {
    about: "share of the relevant documents that are among the first k",
    cutoff: "required",
    graded: false,
    trec: { cut: "recall" },
    compute({ grades, judged }, depth, level) {
      const relevant = count(judged, Infinity, level);
      return relevant > 0 ? count(grades, depth, level) / relevant : 0;
    },
  },
  Success: {
    about: "1 if a relevant document is among the first k, else 0",
    cutoff: "required",
    graded: false,
    trec: { cut: "success" },
    compute: ({ grades }, depth, level) => count(grades, depth, level) > 0 ? 1 : 0,
  },
} as const satisfies Record<string, MeasureKind>;

function discounted(grades: ArrayLike<number>, depth: number): number {
  let sum = 0;
  for (let i = 0; i < Math.min(depth, grades.length); i++) if (grades[i] > 0) sum += grades[i] / Math.log2(i + 2);
  return sum;
}

function count(grades: ArrayLike<number>, depth: number, level: number): number {
  let found = 0;
  for (let i = 0; i < Math.min(depth, grades.length); i++) if (grades[i] >= level) found++;
  return found;
}
