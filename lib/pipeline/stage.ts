import { digestCollection } from "../collections/digest_collection.ts";
import type { Collection } from "../collections/types.ts";
import { KitError } from "../core/errors.ts";
import type { TrainableEncoder } from "../encoders/types.ts";
import type { Budget, Ledger, Outcome, SendOptions } from "../generators/mod.ts";
import type { CORPUS, QRELS, QUERIES } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";
import type { PipelineAsking, Settings } from "./options.ts";
import type { PipelineFolder } from "./run_folder.ts";

/** What every stage works with. */
export interface Stage {
  readonly settings: Settings;
  readonly folder: PipelineFolder;
  readonly ledger: Ledger;
  readonly asking: PipelineAsking;
  readonly encoder: TrainableEncoder;
  /** Tells what is being done, one line. */
  readonly tell: (line: string) => void;
  readonly signal?: AbortSignal;
  readonly quiet?: boolean;
}

/** How requests ended, by kind. */
export type Outcomes = Record<string, number>;

/**
 * Options of a call that asks the model. Its outcomes are counted into `counts`; with recorded replies it sends nothing.
 */
export function asking(stage: Stage, counts: Outcomes): SendOptions & { ledger: Ledger; model: string } {
  const { asking: { baseURL, replies, budget, price, concurrency }, ledger, settings, signal, quiet } = stage;
  const none: Budget = { requests: 0 };
  return {
    ...{ baseURL, price, concurrency, ledger, signal, quiet },
    model: settings.model,
    budget: replies === undefined ? budget : none,
    onOutcome: ({ kind }: Outcome) => counts[kind] = (counts[kind] ?? 0) + 1,
  };
}

/**
 * Ends a stage whose requests are not all answered, so that it is not taken for finished; with recorded replies, what was
 * not recorded stays unanswered.
 *
 * @throws {KitError} saying how many are left.
 */
export function checkAnswered({ asking: { replies } }: Stage, counts: Outcomes, doing: string): void {
  if (replies !== undefined) return;
  const left = ["unsent", "unreachable"].reduce((sum, kind) => sum + (counts[kind] ?? 0), 0);
  if (left === 0) return;
  throw new KitError(
    `Stopped while ${doing}: ${left} requests are unanswered, because the budget is spent or the server failed; what ` +
      "was answered is kept, and the same command goes on",
  );
}

/** A collection made in memory. */
export function collectionOf(
  parts: {
    readonly corpus: Table<typeof CORPUS>;
    readonly queries: Table<typeof QUERIES>;
    readonly qrels: Readonly<Record<string, Table<typeof QRELS>>>;
  },
): Collection {
  return { name: "documents", ...parts, digest: digestCollection(parts), findings: [] };
}
