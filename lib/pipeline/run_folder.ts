import { join } from "node:path";
import { KitError } from "../core/errors.ts";
import { exists, writeAtomic } from "../core/files.ts";
import { readTable, writeTable } from "../files/mod.ts";
import type { Schema } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";
import { SETTINGS, type Settings } from "./options.ts";

/** The folder of a pipeline's run. What a finished stage wrote is read instead of made again. */
export class PipelineFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Opens a folder for settings. @throws {KitError} if a run with other settings is in it. */
  static async open(path: string, settings: Settings): Promise<PipelineFolder> {
    const file = join(path, "settings.json");
    const text = `${JSON.stringify(settings, null, 2)}\n`;
    if (!await exists(file)) {
      if (await exists(path)) {
        const [first] = await Array.fromAsync(Deno.readDir(path));
        if (first) {
          throw new KitError(`Cannot run in a folder that holds other files, such as ${first.name}`, { file: path });
        }
      }
      await writeAtomic(file, text);
      return new PipelineFolder(path);
    }
    const found = SETTINGS.safeParse(JSON.parse(await Deno.readTextFile(file)));
    if (!found.success) throw new KitError("Cannot resume: the settings of the run cannot be read", { file });
    const before = found.data as Readonly<Record<string, unknown>>;
    for (const [name, value] of Object.entries(settings)) {
      if (JSON.stringify(value) === JSON.stringify(before[name])) continue;
      throw new KitError(
        `Cannot resume the run: its ${name} is ${JSON.stringify(before[name])}, found ${JSON.stringify(value)}; ` +
          "use the same settings or another folder",
        { file },
      );
    }
    return new PipelineFolder(path);
  }

  /** Path of a file of the run. */
  file(name: string): string {
    return join(this.path, name);
  }

  /** A JSON file: read if it is there, else made and written. */
  async json<T>(name: string, make: () => Promise<T> | T): Promise<T> {
    const file = this.file(name);
    if (await exists(file)) return JSON.parse(await Deno.readTextFile(file)) as T;
    const made = await make();
    await writeAtomic(file, `${JSON.stringify(made, null, 2)}\n`);
    return made;
  }

  /** A table: read if it is there, else made and written. */
  async table<S extends Schema>(name: string, schema: S, make: () => Promise<Table<S>> | Table<S>): Promise<Table<S>> {
    const file = this.file(name);
    if (await exists(file)) return await readTable(file, schema);
    const made = await make();
    await writeTable(file, made);
    return made;
  }
}
