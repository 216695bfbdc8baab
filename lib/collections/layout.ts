import { ArgumentError, KitError } from "../core/errors.ts";
import { suggestion } from "../core/nearest.ts";
import { filesOfTable } from "./files_of_table.ts";
import { type DataFile, dataFile, type Role, setOf, splitOf } from "../files/data_file.ts";

/** Which files of a folder, an archive or a repository hold what. */
export interface Layout {
  readonly corpus: readonly string[];
  readonly queries: readonly string[];
  /** By split: train, dev, test, then the others by name. */
  readonly qrels: Readonly<Record<string, readonly string[]>>;
  /** By split: copies of the judgments in another format, to compare with; see {@link LayoutOptions.twins}. */
  readonly twins: Readonly<Record<string, readonly string[]>>;
  /** Files that look like tables of the collection and are not read. */
  readonly passedOver: readonly string[];
}

/** Which of several data sets, and how messages say it. */
export interface LayoutOptions {
  /** Name of one data set, if there are several. */
  readonly subset?: string;
  /**
   * Allow a split to exist in two formats, as in repositories that the user cannot change.
   *
   * @default {false}
   */
  readonly twins?: boolean;
}

/**
 * Finds corpus, queries and judgments by their paths: BEIR's `corpus.jsonl`, `queries.jsonl`, `qrels/<split>.tsv`, the
 * same as Arrow, Parquet, CSV, and the hub's folders (`corpus/*.parquet`, `qrels/test-00000-of-00001.parquet`); all may
 * be one folder deeper. Exact names win. Several data sets (`en/corpus.jsonl` beside `de/corpus.jsonl`,
 * `corpus/NanoX.parquet` beside `corpus/NanoY.parquet`) are separate by name, and `subset` selects one.
 *
 * @throws {KitError} if corpus or queries are missing, if two files have the same role, if a part is missing, or if
 * there are several data sets and none is selected.
 */
export function layoutOf(paths: Iterable<string>, name: string, { subset, twins = false }: LayoutOptions = {}): Layout {
  const all = withoutCommonFolder([...paths].flatMap((path) => dataFile(path) ?? []));
  const files = all.filter(({ backup }) => !backup);
  const of = (role: Role) => files.filter((file) => file.role === role);
  for (const role of ["corpus", "queries"] as const) if (of(role).length === 0) throw missing(role, all, name);
  const sets = setsOf(of);
  const set = chosen(subset, sets, of, name);
  const take = (role: "corpus" | "queries") => {
    const own = of(role).filter((file) => setOf(file) === set);
    const shared = own.length > 0 ? own : of(role).filter((file) => setOf(file) === "");
    return filesOfTable(shared.length > 0 ? shared : of(role), role, name);
  };
  const [corpus, queries] = [take("corpus"), take("queries")];
  const judged = of("qrels").length > 0 ? of("qrels") : judgedBySet(files, set);
  const own = judged.filter((file) => setOf(file) === set);
  const ours = set !== "" && own.length > 0
    ? own
    : judged.filter((file) => set === "" ? !sets.includes(setOf(file)) : setOf(file) === "");
  const first = twins ? ours.filter((file, i) => ours.findIndex((other) => sameButForm(file, other)) === i) : ours;
  const qrels = bySplit(first, set, name);
  const second = Map.groupBy(ours.filter((file) => !first.includes(file)), (file) => splitOf(file, set) || "test");
  const read = new Set([...corpus, ...queries, ...Object.values(qrels).flat()]);
  const passedOver = all.filter((file) => file.role !== undefined && !read.has(file.path)).map(({ path }) => path);
  const others = Object.fromEntries([...second].map(([split, found]) => [split, found.map(({ path }) => path)]));
  return { corpus, queries, qrels, twins: others, passedOver: passedOver.sort() };
}

/** Judgments in a repository of their own: every table there is a split. */
export function qrelsOf(paths: readonly string[], name: string): Record<string, readonly string[]> {
  const files = paths.flatMap((path) => dataFile(path) ?? []).filter(({ backup }) => !backup);
  return bySplit(files.filter(({ role }) => role === undefined || role === "qrels"), "", name);
}

/** Whether two paths differ in nothing but their ending: test.jsonl and test.tsv. */
function sameButForm(a: DataFile, b: DataFile): boolean {
  const stem = ({ path }: DataFile) => path.replace(/\.[^/]*$/, "");
  return stem(a) === stem(b) && JSON.stringify([a.names, a.part]) === JSON.stringify([b.names, b.part]);
}

/** Names of the data sets: those that at least two of the three tables have. */
function setsOf(of: (role: Role) => DataFile[]): string[] {
  const names = (role: Role) => new Set(of(role).map(setOf).filter((set) => set !== ""));
  const [corpus, queries, qrels] = [names("corpus"), names("queries"), names("qrels")];
  const found = corpus.intersection(queries.union(qrels));
  // One corpus may serve several sets of queries: the same questions in many languages.
  const shared = corpus.size === 0 && of("queries").every((file) => setOf(file) !== "");
  return [...shared ? queries.intersection(qrels) : found].sort();
}

/** The name of the data set to read: "" if the files have no names of data sets. */
function chosen(subset: string | undefined, sets: string[], of: (role: Role) => DataFile[], name: string): string {
  if (subset !== undefined) {
    const known = [...new Set([...sets, ...(["corpus", "queries"] as const).flatMap(of).map(setOf)])];
    if (subset !== "" && known.includes(subset)) return subset;
    const names = sets.length > 0 ? sets : known.filter((set) => set !== "");
    const why = names.length === 0 ? "there is only one, without a name" : suggestion(subset, names);
    throw new ArgumentError(`Unknown data set "${subset}" of ${name}: ${why}`);
  }
  const unnamed = (["corpus", "queries"] as const).every((role) => of(role).some((file) => setOf(file) === ""));
  if (unnamed || sets.length === 0) return "";
  if (sets.length === 1) return sets[0];
  throw new KitError(
    `Cannot load a collection: found ${sets.length} data sets (${listed(sets)}), wanted one; name it, as in ` +
      `"${name}#${sets[0]}" or {subset: "${sets[0]}"}`,
    { file: name },
  );
}

/** Data sets of the hub often keep the judgments in the default configuration, or in one named after the data set. */
function judgedBySet(files: readonly DataFile[], set: string): DataFile[] {
  return files.filter((file) => {
    if (file.role !== undefined) return false;
    const plain = /^(data|default)\//.test(file.path);
    return plain || (set !== "" && setOf(file) === set && file.names.some(({ split }) => split !== ""));
  });
}

function bySplit(files: readonly DataFile[], set: string, name: string): Record<string, readonly string[]> {
  const splits = Map.groupBy(files, (file) => splitOf(file, set) || "test");
  const rank = (split: string) => ({ train: "0", dev: "1", test: "2" })[split] ?? `9${split}`;
  return Object.fromEntries(
    [...splits].sort(([a], [b]) => rank(a) < rank(b) ? -1 : 1)
      .map(([split, found]) => [split, filesOfTable(found, `qrels of ${split}`, name)]),
  );
}

/** Drops common parent folders, which archives often have. */
function withoutCommonFolder(files: DataFile[]): DataFile[] {
  const tables = files.filter(({ role, backup }) => role !== undefined && !backup);
  const folders = tables.map(({ path }) => path.split("/").slice(0, -1));
  let depth = 0;
  while (
    folders.length > 0 && folders.every((steps) => steps[depth] !== undefined && steps[depth] === folders[0][depth])
  ) {
    depth++;
  }
  if (depth === 0) return files;
  const cut = folders[0].slice(0, depth).join("/").length + 1;
  return files.map((file) => ({ ...(dataFile(file.path.slice(cut)) ?? file), path: file.path }));
}

function missing(role: Role, files: readonly DataFile[], name: string): KitError {
  const wanted = `${role}.jsonl, ${role}.parquet, ${role}.arrow or ${role}/`;
  const found = files.length > 0 ? `found ${listed(files.map(({ path }) => path))}` : "found no table";
  const advice = "files of other names are given by path: deno task data --corpus … --queries … --qrels test=…";
  return new KitError(`Cannot load a collection: ${wanted} is missing; ${found}; ${advice}`, { file: name });
}

/** The first few of many names. */
function listed(names: readonly string[], most = 12): string {
  return names.length <= most ? names.join(", ") : `${names.slice(0, most).join(", ")} and ${names.length - most} more`;
}
