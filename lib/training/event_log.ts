import { EVENTS, type NewRow } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";
import { tableOf } from "../tables/table_builder.ts";
import type { TrainEvent } from "./events.ts";

/** Names that training itself uses; a measure may not have one of them. */
export const EVENT_NAMES: ReadonlySet<string> = new Set(["loss", "negatives", "shortfalls", "refresh"]);

/**
 * Events in long form, one row per number: `loss`, `loss:<source>`, `learning_rate`, `gradient_norm`,
 * `positive_similarity`, `negative_similarity`, `tokens`, the measures of an evaluation, `negatives` and `shortfalls` of
 * an epoch's draw, `refresh` with its rows. Everything but `wall_ms` is the same in every run of the same training.
 * Checkpoints leave no row: when they are written depends on when a run was stopped.
 */
export class EventLog {
  readonly #rows: NewRow<typeof EVENTS>[] = [];

  constructor(earlier?: Table<typeof EVENTS>) {
    if (earlier) this.#rows.push(...earlier.rows());
  }

  /** Appends the numbers of an event. */
  add(event: TrainEvent): void {
    const { step, epoch, wallMs } = event;
    const row = (name: string, value: number) => this.#rows.push({ step, epoch, name, value, wall_ms: wallMs });
    switch (event.type) {
      case "step":
        row("loss", event.loss);
        for (const [source, share] of Object.entries(event.lossBySource)) row(`loss:${source}`, share);
        row("learning_rate", event.learningRate);
        row("gradient_norm", event.gradientNorm);
        row("positive_similarity", event.positiveSimilarity);
        row("negative_similarity", event.negativeSimilarity);
        row("tokens", event.tokens);
        break;
      case "evaluation":
        for (const [name, value] of Object.entries(event.values)) row(name, value);
        break;
      case "draw":
        row("negatives", event.negatives);
        row("shortfalls", event.shortfalls);
        break;
      case "refresh":
        row("refresh", event.rows);
        break;
      case "checkpoint":
      case "resume":
      case "stopped":
      case "done":
        break;
      default:
        event satisfies never;
    }
  }

  /** All rows so far. */
  table(): Table<typeof EVENTS> {
    return tableOf(EVENTS, this.#rows);
  }
}
