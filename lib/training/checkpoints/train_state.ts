import { RecordBatchFileWriter, tableFromIPC } from "apache-arrow";
import { join } from "node:path";
import { z } from "zod";
import { explain } from "../../core/explain.ts";
import { KitError } from "../../core/errors.ts";
import { hasher } from "../../core/hash.ts";
import { checkedTable } from "../../files/arrow/ipc.ts";
import { EVENTS, NEGATIVES, type Schema } from "../../tables/schema.ts";
import type { Table } from "../../tables/table.ts";
import type { Parameter, TrainableEncoder } from "../../encoders/types.ts";
import type { Optimizer } from "../optimizer/optimizer.ts";
import {
  checkpointPath,
  checkSame,
  listCheckpoints,
  pruneCheckpoints,
  readCheckpoint,
  writeCheckpoint,
} from "./checkpoint.ts";
import { currentNames, type ResumeKey } from "./resume_key.ts";
import { checkPosition, type Position, type PositionRules } from "./position.ts";

/** Everything that a checkpoint holds. */
export interface TrainState {
  readonly key: ResumeKey;
  readonly position: Position;
  readonly encoder: TrainableEncoder;
  readonly optimizer: Optimizer;
  readonly events: Table<typeof EVENTS>;
  /** The present negatives, unless they are still the first ones. */
  readonly negatives?: Table<typeof NEGATIVES>;
}

/** Writes the checkpoint of the present step and removes the oldest ones. */
export async function saveState(folder: string, state: TrainState, keep: number): Promise<string> {
  const { key, position, encoder, optimizer } = state;
  const blocks = new Map<string, ArrayBufferView>();
  for (const { name, data } of trained(encoder)) blocks.set(`weights/${name}`, data);
  for (const [name, array] of optimizer.state) blocks.set(name, array);
  blocks.set("events", ipc(state.events));
  if (state.negatives) blocks.set("negatives", ipc(state.negatives));
  const path = checkpointPath(folder, position.step);
  await writeCheckpoint(path, { ...key, position }, blocks);
  await pruneCheckpoints(folder, keep);
  return path;
}

/** Parameters that checkpoints hold: those that an adapter is trained in place of come from the encoder's own folder. */
function trained(encoder: TrainableEncoder): Parameter[] {
  return [...encoder.parameters.values()].filter(({ frozen }) => !frozen);
}

/** What {@link loadState} found. */
export interface LoadedState {
  readonly path: string;
  readonly position: Position;
  readonly events: Table<typeof EVENTS>;
  readonly negatives?: Table<typeof NEGATIVES>;
}

/**
 * Restores weights and moments from the newest checkpoint of a folder; undefined if there is none.
 *
 * @throws {KitError} if it is broken, or of another model, optimizer or data; then nothing was changed.
 */
export async function loadState(
  folder: string,
  { key, encoder, optimizer, rules }: Pick<TrainState, "key" | "encoder" | "optimizer"> & {
    rules: PositionRules;
  },
): Promise<LoadedState | undefined> {
  const [newest, ...older] = await listCheckpoints(folder);
  if (!newest) return undefined;
  const { path } = newest;
  const { state, blocks } = await readCheckpoint(path).catch((error) => {
    if (!(error instanceof KitError) || older.length === 0) throw error;
    throw new KitError(`${error.message}. Remove it to resume from ${older[0].path}`, {}, { cause: error });
  });
  const parsed = STATE.safeParse(state);
  if (!parsed.success) {
    throw new KitError(`Cannot resume: ${explain({ schema: STATE, value: state, error: parsed.error }, "state")}`, {
      file: path,
    });
  }
  const found = { ...parsed.data, optimizer: currentNames(parsed.data.optimizer) };
  for (const part of ["model", "optimizer", "data"] as const) checkSame(found[part], key[part], part, path);
  const targets = new Map<string, Float32Array>();
  for (const { name, data } of trained(encoder)) targets.set(`weights/${name}`, data);
  for (const [name, array] of optimizer.state) targets.set(name, array);
  checkBlocks(blocks, targets, path);
  const events = tableOfBlock(blocks, "events", EVENTS, path);
  const position = checkPosition(parsed.data.position, events, rules, path);
  if (position.step !== newest.step) {
    throw new KitError(`Cannot resume: the file is named after step ${newest.step}, and holds step ${position.step}`, {
      file: path,
    });
  }
  if ((position.refreshed >= 0) !== blocks.has("negatives")) {
    const found = blocks.has("negatives")
      ? "negatives that were never mined"
      : "no negatives, although they were mined again";
    throw new KitError(`Cannot resume: the checkpoint holds ${found}`, { file: path });
  }
  const negatives = blocks.has("negatives") ? tableOfBlock(blocks, "negatives", NEGATIVES, path) : undefined;
  for (const [name, target] of targets) target.set(new Float32Array(blocks.get(name)!.buffer));
  optimizer.steps = position.step;
  return { path, position, events, ...(negatives ? { negatives } : {}) };
}

const part = z.record(z.string(), z.unknown());
const STATE = z.strictObject({ model: part, optimizer: part, data: part, position: z.unknown() });

/** The blocks must be those that {@link saveState} writes, in its order: a block is known by its name alone. */
function checkBlocks(
  blocks: ReadonlyMap<string, Uint8Array>,
  targets: ReadonlyMap<string, Float32Array>,
  path: string,
): void {
  const found = [...blocks.keys()];
  const wanted = [...targets.keys(), "events", ...blocks.has("negatives") ? ["negatives"] : []];
  for (let i = 0; i < Math.max(found.length, wanted.length); i++) {
    if (found[i] === wanted[i]) continue;
    const [is, should] = [found[i], wanted[i]].map((name) => name === undefined ? "nothing" : `"${name}"`);
    throw new KitError(`Cannot resume: block ${i + 1} of the checkpoint is ${is}, wanted ${should}`, { file: path });
  }
  for (const [name, { byteLength }] of targets) {
    const bytes = blocks.get(name)!.byteLength;
    if (bytes !== byteLength) {
      throw new KitError(`Cannot resume: "${name}" has ${bytes} bytes, wanted ${byteLength}`, { file: path });
    }
  }
}

function tableOfBlock<S extends Schema>(
  blocks: ReadonlyMap<string, Uint8Array>,
  name: string,
  schema: S,
  path: string,
): Table<S> {
  try {
    return checkedTable(tableFromIPC(blocks.get(name)!), schema, path);
  } catch (cause) {
    if (cause instanceof KitError) throw cause;
    throw new KitError(`Cannot resume: block "${name}" is not a table: ${(cause as Error).message}`, { file: path }, {
      cause,
    });
  }
}

/** The best weights so far: in memory, and beside the checkpoints so that a resumed run has them. */
export class BestWeights {
  readonly #encoder: TrainableEncoder;
  readonly #folder?: string;
  #weights?: Map<string, Float32Array>;

  constructor(encoder: TrainableEncoder, folder?: string) {
    this.#encoder = encoder;
    this.#folder = folder;
  }

  #path(step: number): string {
    return join(this.#folder!, `best-${String(step).padStart(8, "0")}.weights`);
  }

  /** Remembers the present weights as those of `step`. */
  async keep(step: number): Promise<void> {
    const parameters = trained(this.#encoder);
    this.#weights = new Map(parameters.map(({ name, data }) => [name, data.slice()]));
    if (this.#folder) await writeCheckpoint(this.#path(step), { step }, this.#weights);
  }

  /** Writes the best weights back into the encoder; `step` says which they are. */
  async restore(step: number): Promise<void> {
    if (!this.#weights) {
      const path = this.#path(step);
      const { state, blocks } = await readCheckpoint(path);
      if (state.step !== step) {
        throw new KitError(`Found weights of step ${state.step}, wanted ${step}`, { file: path });
      }
      for (const { name, data } of trained(this.#encoder)) {
        const bytes = blocks.get(name)?.byteLength ?? 0;
        if (bytes === data.byteLength) continue;
        throw new KitError(`Found ${bytes} bytes of "${name}", wanted ${data.byteLength}`, { file: path });
      }
      this.#weights = new Map([...blocks].map(([name, { buffer }]) => [name, new Float32Array(buffer)]));
    }
    for (const { name, data } of trained(this.#encoder)) data.set(this.#weights.get(name)!);
    this.#encoder.invalidate();
  }

  /** Removes files of former bests. Call it when no checkpoint speaks of them any more. */
  async prune(steps: ReadonlySet<number>): Promise<void> {
    if (!this.#folder) return;
    for await (const { name } of Deno.readDir(this.#folder)) {
      const step = /^best-(\d+)\.weights$/.exec(name)?.[1];
      if (step !== undefined && !steps.has(Number(step))) await Deno.remove(join(this.#folder, name));
    }
  }
}

/** sha256 over all rows of a table, however it is cut into chunks. */
export function tableDigest<S extends Schema>(table: Table<S>): string {
  const hash = hasher();
  for (const row of table.rows()) hash.update(JSON.stringify(row));
  return hash.digest();
}

function ipc<S extends Schema>(table: Table<S>): Uint8Array {
  return RecordBatchFileWriter.writeAll(table.arrow).toUint8Array(true);
}
