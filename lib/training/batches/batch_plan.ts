import { checkOptions, type OptionKinds } from "../../core/options.ts";
import { ArgumentError } from "../../core/errors.ts";
import type { Random } from "../../core/random.ts";

/**
 * One query of an epoch, as the plan sees it.
 *
 * @category Training
 */
export interface PlannedQuery {
  readonly query_id: string;
  /** Documents that will be its positives in this epoch. */
  readonly drawn: readonly string[];
  /** All its known positives. */
  readonly known: readonly string[];
  /** Length of its texts together, in tokens or any unit that grows with them. */
  readonly length: number;
}

/**
 * Options of {@link planBatches}: give `queries` or `tokens`.
 *
 * @category Training
 */
export interface PlanOptions {
  /** Queries of a batch (`train_group_size` style: every query brings its group). */
  queries?: number;
  /** Most length of a batch instead: batches of long texts have fewer queries. */
  tokens?: number;
  /**
   * Batches' worth of queries among which similar lengths are put together; 1 leaves lengths alone.
   *
   * @default {8}
   */
  window?: number;
}

const PLAN_OPTIONS: OptionKinds<PlanOptions> = { queries: "number", tokens: "number", window: "number" };

/**
 * Plans an epoch: every query in exactly one batch, batches of nearly equal size.
 *
 * Queries are shuffled, sorted by length inside windows of the shuffled order, cut into batches, and the batches are
 * shuffled: texts of a batch are of similar length, yet every query is equally likely at every place of the epoch.
 * Two queries of which one's drawn positive is a known positive of the other do not meet in a batch while there is
 * another place (if there is none, the relations ignore the pair; they never call it a negative).
 *
 * @returns indices into `queries`, batch by batch.
 *
 * @example
 * ```ts
 * import { random } from "@syneg/kit";
 * import { planBatches } from "./batch_plan.ts";
 * const query = (query_id: string, positive: string, length: number) =>
 *   ({ query_id, drawn: [positive], known: [positive], length });
 * const queries = [query("q1", "d1", 10), query("q2", "d1", 12), query("q3", "d2", 90), query("q4", "d3", 80)];
 * // q1 and q2 share a positive, so they are never in one batch.
 * console.log(planBatches(queries, random(1), { queries: 2 })); // [ [ 3, 1 ], [ 0, 2 ] ]
 * ```
 * @category Training
 */
export function planBatches(queries: readonly PlannedQuery[], random: Random, options: PlanOptions): number[][] {
  checkOptions<PlanOptions>("planBatches", options, PLAN_OPTIONS);
  const { queries: size, tokens, window = 8 } = options;
  if ((size === undefined) === (tokens === undefined)) {
    throw new ArgumentError("Give either the queries or the tokens of a batch");
  }
  for (const [field, value] of Object.entries({ queries: size ?? 1, tokens: tokens ?? 1, window })) {
    if (!(Number.isInteger(value) && value >= 1)) {
      throw new ArgumentError(`Found ${value} as ${field} of the batch plan, wanted an integer from 1`, { field });
    }
  }
  const order = random.fork("order").shuffle(queries.map((_, index) => index));
  const total = queries.reduce((sum, { length }) => sum + length, 0);
  const count = Math.max(1, size !== undefined ? Math.ceil(order.length / size) : Math.ceil(total / tokens!));
  const windows = Math.max(1, Math.ceil(count / window));
  const batches: number[][] = [];
  for (let w = 0; w < windows; w++) {
    const first = share(count, windows, w);
    const last = share(count, windows, w + 1);
    const part = order.slice(share(order.length, count, first), share(order.length, count, last));
    if (window > 1) part.sort((a, b) => queries[a].length - queries[b].length);
    batches.push(...size !== undefined ? bySize(part, last - first) : byTokens(part, queries, tokens!));
  }
  separate(batches, queries, tokens);
  return random.fork("batches").shuffle(batches.filter((batch) => batch.length > 0));
}

function share(total: number, parts: number, part: number): number {
  return Math.floor(total * part / parts);
}

function bySize(part: readonly number[], count: number): number[][] {
  return Array.from(
    { length: count },
    (_, i) => part.slice(share(part.length, count, i), share(part.length, count, i + 1)),
  );
}

function byTokens(part: readonly number[], queries: readonly PlannedQuery[], tokens: number): number[][] {
  const batches: number[][] = [];
  let sum = Infinity;
  for (const index of part) {
    const { length } = queries[index];
    if (sum + length > tokens) {
      batches.push([]);
      sum = 0;
    }
    batches.at(-1)!.push(index);
    sum += length;
  }
  return batches;
}

/**
 * Resolves conflicts by exchanging a query with one of similar length from the batch nearest by that has room for it: the
 * sizes of the batches stay as they are.
 */
function separate(batches: number[][], queries: readonly PlannedQuery[], tokens?: number): void {
  const members = batches.map((batch) => new Members(batch, queries));
  const limit = Math.min(batches.length, 200);
  for (let b = 0; b < batches.length; b++) {
    for (let i = 0; i < batches[b].length; i++) {
      if (!members[b].conflicts(batches[b][i])) continue;
      search: for (let distance = 1; distance < limit; distance++) {
        for (const other of [b + distance, b - distance]) {
          if (other < 0 || other >= batches.length) continue;
          for (let j = 0; j < batches[other].length; j++) {
            if (exchange(b, i, other, j)) break search;
          }
        }
      }
    }
  }

  function exchange(b: number, i: number, other: number, j: number): boolean {
    const mine = batches[b][i];
    const theirs = batches[other][j];
    const difference = queries[mine].length - queries[theirs].length;
    if (tokens !== undefined) {
      if (members[other].length + difference > tokens && difference > 0) return false;
      if (members[b].length - difference > tokens && difference < 0) return false;
    }
    members[b].remove(mine);
    members[other].remove(theirs);
    const fits = !members[b].conflicts(theirs) && !members[other].conflicts(mine);
    if (fits) [batches[b][i], batches[other][j]] = [theirs, mine];
    members[b].add(batches[b][i]);
    members[other].add(batches[other][j]);
    return fits;
  }
}

/** Documents of a batch, counted, so that a query can be tested in a few look-ups. */
class Members {
  readonly #queries: readonly PlannedQuery[];
  readonly #drawn = new Map<string, number>();
  readonly #known = new Map<string, number>();
  readonly #inside = new Set<number>();
  length = 0;

  constructor(batch: readonly number[], queries: readonly PlannedQuery[]) {
    this.#queries = queries;
    for (const index of batch) this.add(index);
  }

  add(index: number): void {
    this.#count(index, 1);
    this.#inside.add(index);
  }

  remove(index: number): void {
    this.#count(index, -1);
    this.#inside.delete(index);
  }

  #count(index: number, step: number): void {
    const { drawn, known, length } = this.#queries[index];
    this.length += step * length;
    for (const id of drawn) this.#drawn.set(id, (this.#drawn.get(id) ?? 0) + step);
    for (const id of known) this.#known.set(id, (this.#known.get(id) ?? 0) + step);
  }

  /** Whether a document of `index` is a known positive of another member, or the other way round. */
  conflicts(index: number): boolean {
    const { drawn, known } = this.#queries[index];
    const own = this.#inside.has(index);
    const mine = new Set(own ? known : []);
    const drawnHere = new Set(own ? drawn : []);
    return drawn.some((id) => (this.#known.get(id) ?? 0) > (mine.has(id) ? 1 : 0)) ||
      known.some((id) => (this.#drawn.get(id) ?? 0) > (drawnHere.has(id) ? 1 : 0));
  }
}
