import { count } from "../core/format_numbers.ts";
import { duration } from "../core/duration.ts";
import { type Progress, progress } from "../core/progress.ts";
import { endProgressLine } from "../core/terminal_sink.ts";
import type { TrainEvent } from "../training/mod.ts";

/** Shows training events in the terminal: steps as a progress line, the rest as lines. */
export async function showTraining(events: AsyncIterable<TrainEvent>): Promise<void> {
  let report: Progress | undefined;
  for await (const event of events) {
    if (event.type === "step") {
      report ??= progress({ label: "training", total: event.steps, unit: "steps", from: event.step - 1 });
      report.update(event.step, stepNote(event));
      continue;
    }
    if (event.type === "checkpoint") continue;
    endProgressLine();
    if (event.type === "done" || event.type === "stopped") report?.finish();
    const line = describe(event);
    if (line === undefined) continue;
    if (event.type === "stopped") console.error(line);
    else console.log(line);
  }
}

type StepEvent = Extract<TrainEvent, { type: "step" }>;

function stepNote({ loss, epoch, learningRate, tokensPerSecond }: StepEvent): string {
  return [
    `loss ${loss.toFixed(4)}`,
    `epoch ${epoch.toFixed(2)}`,
    `learning rate ${learningRate.toExponential(1)}`,
    `${count(Math.round(tokensPerSecond))} tokens/s`,
  ].join(", ");
}

/** An event as a line; undefined if there is nothing to say. */
function describe(event: Exclude<TrainEvent, { type: "step" | "checkpoint" }>): string | undefined {
  switch (event.type) {
    case "evaluation": {
      const values = Object.entries(event.values).map(([name, value]) => `${name} ${value.toFixed(4)}`).join(", ");
      return `step ${event.step}: ${values}${event.best ? " (best)" : ""}`;
    }
    case "draw": {
      if (event.shortfalls === 0) return undefined;
      const times = `${event.shortfalls} time${event.shortfalls === 1 ? "" : "s"}`;
      return `epoch ${event.epoch}: ${times} a query had fewer negatives of a source than requested`;
    }
    case "refresh":
      return `step ${event.step}: refreshed negatives, ${event.rows} candidates`;
    case "resume":
      return `Resuming from ${event.path}`;
    case "done":
      return `${event.reason} after ${event.step} steps, ${duration(event.wallMs / 1000)}`;
    case "stopped":
      return `Stopped at step ${event.step} of ${event.steps}. Run the same command with --resume to continue.`;
    default:
      return event satisfies never;
  }
}
