import { KitError } from "../core/errors.ts";
import { exists } from "../core/files.ts";
import { suggestion } from "../core/nearest.ts";
import { refusePointer } from "../files/packed/unpack.ts";

/** Reads a JSON file of a model. @throws {KitError} if it is missing or not JSON. */
export async function readJson(file: string): Promise<unknown> {
  try {
    const text = await Deno.readTextFile(file);
    refusePointer(text, file);
    return JSON.parse(text);
  } catch (cause) {
    if (cause instanceof KitError) throw cause;
    const why = cause instanceof Deno.errors.NotFound ? "it does not exist" : (cause as Error).message;
    throw new KitError(`Cannot read a model's settings: ${why}`, { file }, { cause });
  }
}

/**
 * A JSON object of settings, such as config.json, with errors that name the file and the field.
 *
 * @category Encoders
 */
export class Config {
  /** The settings by name. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Path of the file, for errors. */
  readonly file: string;

  /**
   * Wraps parsed settings; `field` is their place in the file.
   *
   * @throws {KitError} if the values are not an object.
   */
  constructor(values: unknown, file: string, field?: string) {
    if (typeof values !== "object" || values === null || Array.isArray(values)) {
      const found = values === null ? "null" : Array.isArray(values) ? "a list" : typeof values;
      throw new KitError(`Found ${found}, wanted an object of settings`, { file, field });
    }
    this.values = values as Record<string, unknown>;
    this.file = file;
  }

  /** Reads a file. @throws {KitError} if it cannot be read, or is not an object in JSON. */
  static async read(file: string): Promise<Config> {
    return new Config(await readJson(file), file);
  }

  /** Reads an optional file; a missing one has no settings. */
  static async optional(file: string): Promise<Config> {
    return await exists(file) ? await Config.read(file) : new Config({}, file);
  }

  /** A nested object; empty if the field is absent. */
  part(field: string): Config {
    return new Config(this.values[field] ?? {}, this.file, field);
  }

  /** An integer >= 0, or `fallback` if the field is absent. */
  count(field: string, fallback?: number): number {
    const value = this.values[field] ?? fallback;
    if (!Number.isSafeInteger(value) || (value as number) < 0) throw this.#wrong(field, value, "a whole number");
    return value as number;
  }

  /** A maximum length, or undefined if the field is absent or astronomic, as files write for no limit. */
  limit(field: string): number | undefined {
    const value = this.values[field] ?? undefined;
    if (value === undefined) return undefined;
    if (!Number.isInteger(value) || (value as number) < 1) {
      throw this.#wrong(field, value, "a whole number of at least 1");
    }
    return value as number;
  }

  /** A finite number, or `fallback` if the field is absent. */
  number(field: string, fallback: number): number {
    const value = this.values[field] ?? fallback;
    if (typeof value !== "number" || !Number.isFinite(value)) throw this.#wrong(field, value, "a number");
    return value;
  }

  /** A string, or `fallback` if the field is absent. */
  text(field: string, fallback?: string): string {
    const value = this.values[field] ?? fallback;
    if (typeof value !== "string") throw this.#wrong(field, value, "text");
    return value;
  }

  /** A string, or null if the field is absent or null. */
  optionalText(field: string): string | null {
    return (this.values[field] ?? null) === null ? null : this.text(field);
  }

  /** The value of a name; `fallback` is the name if the field is absent. `what` is the kind of choice, for errors. */
  choice<T>(
    field: string,
    { what, known, fallback }: { what: string; known: Readonly<Record<string, T>>; fallback?: string },
  ): T {
    const name = this.text(field, fallback);
    if (Object.hasOwn(known, name)) return known[name];
    throw new KitError(`Unknown ${what} "${name}": ${suggestion(name, Object.keys(known))}`, {
      file: this.file,
      field,
    });
  }

  /** Refuses a field whose value is not what the kit computes. */
  only(field: string, wanted: boolean | number | string | null): void {
    const value = this.values[field] ?? wanted;
    if (value !== wanted) throw this.#wrong(field, value, `${JSON.stringify(wanted)}, the only supported value`);
  }

  #wrong(field: string, value: unknown, wanted: string): KitError {
    return new KitError(`Found ${JSON.stringify(value) ?? "nothing"}, wanted ${wanted}`, { file: this.file, field });
  }
}
