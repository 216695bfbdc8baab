import { RecordBatchFileWriter, tableFromIPC } from "apache-arrow";
import { join } from "node:path";
import { KitError } from "../core/errors.ts";
import { hasher } from "../core/hash.ts";
import { checkedTable } from "../data/ipc.ts";
import { EVENTS, NEGATIVES, type Schema } from "../data/schema.ts";
import type { Table } from "../data/table.ts";
import type { TrainableEncoder } from "../encoders/types.ts";
import type { Optimizer } from "./adamw.ts";
import {
  checkpointPath,
  checkSame,
  listCheckpoints,
  pruneCheckpoints,
  readCheckpoint,
  writeCheckpoint,
} from "./checkpoint.ts";

/** Where a training stands, between two steps. */
export interface Position {
  /** Steps done. */
  step: number;
  /** Epoch of the next step, and how many steps of it are done. */
  epoch: number;
  at: number;
  /** Steps after which was measured and mined last; -1 for never. */
  evaluated: number;
  refreshed: number;
  /** Which draw of negatives has been told. */
  drawn: string;
  best: { step: number; value: number } | null;
  /** Evaluations since the best. */
  stale: number;
  wall_ms: number;
}

/** What decides whether a checkpoint may be gone on from: each part is compared by name. */
export interface Identity {
  readonly model: Readonly<Record<string, unknown>>;
  readonly optimizer: Readonly<Record<string, unknown>>;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Everything that a checkpoint holds. */
export interface TrainState {
  readonly identity: Identity;
  readonly position: Position;
  readonly encoder: TrainableEncoder;
  readonly optimizer: Optimizer;
  readonly events: Table<typeof EVENTS>;
  /** The present negatives, where they are no longer those of the beginning. */
  readonly negatives?: Table<typeof NEGATIVES>;
}

/** Writes the checkpoint of the present step and removes those that are too old. */
export async function saveState(folder: string, state: TrainState, keep: number): Promise<string> {
  const { identity, position, encoder, optimizer } = state;
  const blocks = new Map<string, ArrayBufferView>();
  for (const { name, data } of encoder.parameters.values()) blocks.set(`weights/${name}`, data);
  for (const [name, { mean, square }] of optimizer.moments) {
    blocks.set(`mean/${name}`, mean);
    blocks.set(`square/${name}`, square);
  }
  blocks.set("events", ipc(state.events));
  if (state.negatives) blocks.set("negatives", ipc(state.negatives));
  const path = checkpointPath(folder, position.step);
  await writeCheckpoint(path, { ...identity, position }, blocks);
  await pruneCheckpoints(folder, keep);
  return path;
}

/** What {@link loadState} found. */
export interface LoadedState {
  readonly path: string;
  readonly position: Position;
  readonly events: Table<typeof EVENTS>;
  readonly negatives?: Table<typeof NEGATIVES>;
}

/**
 * Restores weights and moments from the newest checkpoint of a folder; undefined when there is none.
 *
 * @throws {KitError} if it is broken, or of another model, optimizer or data; then nothing was changed.
 */
export async function loadState(
  folder: string,
  identity: Identity,
  encoder: TrainableEncoder,
  optimizer: Optimizer,
): Promise<LoadedState | undefined> {
  const [newest, ...older] = await listCheckpoints(folder);
  if (!newest) return undefined;
  const { path } = newest;
  const { state, blocks } = await readCheckpoint(path).catch((error) => {
    if (!(error instanceof KitError) || older.length === 0) throw error;
    throw new KitError(`${error.message}. Remove it to go on from ${older[0].path}`, {}, { cause: error });
  });
  for (const part of ["model", "optimizer", "data"] as const) {
    checkSame(state[part] as Record<string, unknown>, identity[part], part, path);
  }
  const targets = new Map<string, Float32Array>();
  for (const { name, data } of encoder.parameters.values()) targets.set(`weights/${name}`, data);
  for (const [name, { mean, square }] of optimizer.moments) {
    targets.set(`mean/${name}`, mean);
    targets.set(`square/${name}`, square);
  }
  for (const [name, { byteLength }] of targets) {
    const found = blocks.get(name)?.byteLength;
    if (found !== byteLength) {
      throw new KitError(`Cannot resume: "${name}" has ${found} bytes, wanted ${byteLength}`, { file: path });
    }
  }
  for (const [name, target] of targets) target.set(new Float32Array(blocks.get(name)!.buffer));
  const position = state.position as Position;
  optimizer.steps = position.step;
  const negatives = blocks.get("negatives");
  return {
    path,
    position,
    events: checkedTable(tableFromIPC(blocks.get("events")!), EVENTS, path),
    ...(negatives ? { negatives: checkedTable(tableFromIPC(negatives), NEGATIVES, path) } : {}),
  };
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
    const parameters = [...this.#encoder.parameters.values()];
    this.#weights = new Map(parameters.map(({ name, data }) => [name, data.slice()]));
    if (this.#folder) await writeCheckpoint(this.#path(step), { step }, this.#weights);
  }

  /** Writes the best weights back into the encoder; `step` says which they are. */
  async restore(step: number): Promise<void> {
    if (!this.#weights) {
      const { blocks } = await readCheckpoint(this.#path(step));
      this.#weights = new Map([...blocks].map(([name, { buffer }]) => [name, new Float32Array(buffer)]));
    }
    for (const { name, data } of this.#encoder.parameters.values()) data.set(this.#weights.get(name)!);
    this.#encoder.touched();
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
