import { KitError } from "../core/errors.ts";
import { type DataFile, setOf, splitOf } from "../files/data_file.ts";

/**
 * The files of one table, in order: one file, all its numbered parts, or one file per split. A file named exactly after
 * its role wins over `queries-old.jsonl` and `queries-train.jsonl`.
 *
 * @throws {KitError} if two files have the same role, such as `corpus.jsonl` and `corpus.parquet`; if a part is missing.
 */
export function filesOfTable(files: readonly DataFile[], table: string, name: string): string[] {
  const judgments = table.startsWith("qrels");
  const named = exact(files, table, name);
  const places = Map.groupBy(named, (file) => {
    return `${judgments ? "" : splitOf(file, setOf(file))} ${setOf(file)} ${file.part?.index ?? ""}`;
  });
  for (const candidates of places.values()) if (candidates.length > 1) throw several(candidates, table, name);
  const whole = named.filter((file) => file.part === undefined);
  const parts = named.filter((file) => file.part !== undefined);
  if (whole.length > 0 && parts.length > 0) throw several([whole[0], parts[0]], table, name);
  for (const shards of Map.groupBy(parts, (file) => splitOf(file, setOf(file))).values()) complete(shards, table, name);
  const order = (a: DataFile, b: DataFile) => (a.part?.index ?? 0) - (b.part?.index ?? 0) || (a.path < b.path ? -1 : 1);
  return named.sort(order).map(({ path }) => path);
}

/** The files with the plainest names; several that differ by more than a split or a number are an error. */
function exact(files: readonly DataFile[], table: string, name: string): DataFile[] {
  if (table.startsWith("qrels")) return [...files];
  const plain = files.filter((file) => setOf(file) === "");
  if (plain.length > 0) {
    const whole = plain.filter((file) => splitOf(file, "") === "");
    return whole.length > 0 ? whole : plain;
  }
  const sets = Map.groupBy(files, setOf);
  if (sets.size <= 1 || isSeries(files)) return [...files];
  throw several([...sets.values()].map(([first]) => first), table, name);
}

/** Whether files in a folder of their own are named like parts: a, b … or x01, x02 …, but not v1, v2. */
function isSeries(files: readonly DataFile[]): boolean {
  const sets = files.map(setOf);
  const letters = sets.every((set) => /^(x?[a-z]|x[a-z]{2})$/i.test(set));
  const pattern = (set: string) => set.replaceAll(/\d+/g, "#");
  const numbered = sets.every((set) =>
    /\d/.test(set) && !/(^|[^a-z])v\d/i.test(set) && pattern(set) === pattern(sets[0])
  );
  return files.every(({ inside }) => inside) && (letters || numbered);
}

/** Checks that numbered parts are all there: `00001-of-00003` says how many there are. */
function complete(parts: readonly DataFile[], table: string, name: string): void {
  const counts = [...new Set(parts.map(({ part }) => part!.count))];
  if (counts.length > 1) {
    const two = counts.slice(0, 2).map((count) => parts.find(({ part }) => part!.count === count)!);
    throw several(two, table, name);
  }
  const indices = new Set(parts.map(({ part }) => part!.index));
  const from = indices.has(0) ? 0 : 1;
  // Without a total, only gaps can be detected.
  const count = counts[0] ?? Math.max(...indices) - from + 1;
  const absent = Array.from({ length: count }, (_, i) => i + from).filter((index) => !indices.has(index));
  if (absent.length === 0 || (counts[0] === undefined && parts.length === 1)) return;
  throw new KitError(
    `Cannot read the ${table}: found ${parts.length} of ${count} parts, ${
      absent.slice(0, 5).join(", ")
    } missing beside ` +
      parts[0].path,
    { file: name },
  );
}

function several(files: readonly DataFile[], table: string, name: string): KitError {
  const paths = files.map(({ path }) => path);
  const sets = [...new Set(files.map(setOf))].filter((set) => set !== "");
  const choice = sets.length > 1 ? `, or name one, as in "${name}#${sets[0]}"` : "";
  return new KitError(
    `Cannot choose the ${table}: found ${paths.slice(0, 12).join(" and ")}, wanted one; move the others away${choice}`,
    { file: name },
  );
}
