import { z } from "zod";
import { explain } from "../../core/explain.ts";
import { KitError } from "../../core/errors.ts";
import type { EVENTS } from "../../tables/schema.ts";
import type { Table } from "../../tables/table.ts";

const step = z.int().min(-1);

const position = z.strictObject({
  step: z.int().min(0),
  epoch: z.int().min(0),
  at: z.int().min(0),
  evaluated: step,
  refreshed: step,
  drawn: z.string(),
  best: z.strictObject({ step: z.int().min(0), value: z.number() }).nullable(),
  stale: z.int().min(0),
  wall_ms: z.number().min(0),
});

/** Position of a training between two steps. */
export interface Position {
  /** Steps done. */
  step: number;
  /** Epoch of the next step, and how many steps of it are done. */
  epoch: number;
  at: number;
  /** Steps after which the encoder was last evaluated and negatives were last mined; -1 for never. */
  evaluated: number;
  refreshed: number;
  /** The draw of negatives that was last reported. */
  drawn: string;
  best: { step: number; value: number } | null;
  /** Evaluations since the best. */
  stale: number;
  wall_ms: number;
}

/** The beginning of a training. */
export function startPosition(): Position {
  return { step: 0, epoch: 0, at: 0, evaluated: -1, refreshed: -1, drawn: "", best: null, stale: 0, wall_ms: 0 };
}

/** How to read the events. */
export interface PositionRules {
  /** The measure that decides which weights are best, if there is one. */
  readonly measure?: string;
  /** Steps of an epoch. */
  stepsOf(epoch: number): number;
}

/**
 * A checkpoint's position, checked against its own events, which determine all of it but the time.
 *
 * @throws {KitError} naming the first part that is malformed or that the events contradict.
 */
export function checkPosition(
  found: unknown,
  events: Table<typeof EVENTS>,
  rules: PositionRules,
  path: string,
): Position {
  const parsed = position.safeParse(found);
  if (!parsed.success) {
    throw new KitError(
      `Cannot resume: ${explain({ schema: position, value: found, error: parsed.error }, "position")}`,
      { file: path },
    );
  }
  const wanted = positionOf(events, rules);
  for (const key of Object.keys(wanted) as (keyof typeof wanted)[]) {
    const [is, said] = [JSON.stringify(parsed.data[key]), JSON.stringify(wanted[key])];
    if (is === said) continue;
    throw new KitError(`Cannot resume: position.${key} is ${is}, its events say ${said}`, { file: path });
  }
  return parsed.data;
}

/** Where the events of a training leave it. */
function positionOf(events: Table<typeof EVENTS>, { measure, stepsOf }: PositionRules): Omit<Position, "wall_ms"> {
  const at = startPosition();
  for (const { step, epoch, name, value } of events.rows()) {
    if (name === "loss") at.step = step;
    else if (name === "refresh") at.refreshed = step;
    else if (name === "negatives") at.drawn = `${Math.floor(epoch)}:${at.refreshed}`;
    else if (name === measure) {
      const better = at.best === null || value > at.best.value;
      if (better) at.best = { step, value };
      at.stale = better ? 0 : at.stale + 1;
      at.evaluated = step;
    }
  }
  at.at = at.step;
  while (at.at >= stepsOf(at.epoch)) at.at -= stepsOf(at.epoch++);
  const { wall_ms: _, ...rest } = at;
  return rest;
}
