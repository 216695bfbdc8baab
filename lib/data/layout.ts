import { KitError } from "../core/errors.ts";
import { PACKED } from "./unpack.ts";

/** Which files of a folder, an archive or a repository hold what. */
export interface Layout {
  readonly corpus: readonly string[];
  readonly queries: readonly string[];
  /** By split: train, dev, test, then the others by name. */
  readonly qrels: Readonly<Record<string, readonly string[]>>;
}

/** How a table may be stored, the preferred first where there are several; each may be packed. */
const FORMS = ["arrow", "feather", "parquet", "jsonl", "tsv", "txt", "qrels"];
const ENDING = new RegExp(`\\.(${FORMS.join("|")})(${PACKED.source.slice(0, -1)})?$`, "i");

/**
 * Finds corpus, queries and judgements by their paths: BEIR's `corpus.jsonl`, `queries.jsonl`, `qrels/<split>.tsv`, the
 * same as Arrow or Parquet, and the hub's folders (`corpus/*.parquet`, `qrels/test-00000-of-00001.parquet`); all may lie
 * in one folder more.
 *
 * @throws {KitError} if corpus or queries are not there.
 */
export function layoutOf(paths: Iterable<string>, name: string): Layout {
  const known = [...paths].filter((path) => ENDING.test(path));
  const root = rootOf(known);
  const inner = known.filter((path) => path.startsWith(root)).map((path) => path.slice(root.length));
  const take = (role: string) => {
    const found = inner.filter((path) => new RegExp(`^(data/)?${role}([./_-]|$)`).test(path));
    if (found.length > 0) return oneForm(found).map((path) => root + path);
    const wanted = `${role}.jsonl, ${role}.parquet, ${role}.arrow or ${role}/`;
    throw new KitError(`Cannot load a collection: ${wanted} is missing`, { file: name });
  };
  const [corpus, queries] = [take("corpus"), take("queries")];
  const named = qrelsOf(inner, root);
  if (Object.keys(named).length > 0) return { corpus, queries, qrels: named };
  // The hub's data sets of several configurations keep the judgements in the default one.
  const rest = inner.filter((path) => /^(data|default)\//.test(path) && ![...corpus, ...queries].includes(root + path));
  return { corpus, queries, qrels: qrelsOf(rest, root, true) };
}

/** Judgements by split in a folder `qrels`, in files `qrels.<split>.…`, or (in a repository of their own) at the root. */
export function qrelsOf(paths: readonly string[], root = "", alone = false): Record<string, string[]> {
  const bySplit = new Map<string, string[]>();
  const form = alone ? /^(?:data\/|default\/|qrels\/)?([^/]+)$/ : /^(?:data\/)?qrels(?:[/._-](.+))?$/;
  for (const path of paths) {
    const [, rest] = form.exec(path) ?? [];
    if (rest === undefined || !ENDING.test(rest)) continue;
    const split = splitOf(rest);
    bySplit.set(split, [...bySplit.get(split) ?? [], path]);
  }
  const rank = (split: string) => ({ train: "0", dev: "1", test: "2" })[split] ?? `9${split}`;
  const splits = [...bySplit].sort(([a], [b]) => rank(a) < rank(b) ? -1 : 1);
  return Object.fromEntries(splits.map(([split, found]) => [split, oneForm(found).map((path) => root + path)]));
}

/** `test-00000-of-00001.parquet` and `test.tsv` are the split test; the hub's `validation` is what others call dev. */
function splitOf(path: string): string {
  const name = path.replace(ENDING, "").replace(/-\d+-of-\d+$/, "").split("/").filter((step) => step !== "").join("-");
  if (name === "validation" || name === "valid") return "dev";
  return name === "qrels" || name === "" || ENDING.test(`.${name}`) ? "test" : name;
}

/** The folder in which the corpus lies: the shortest, if there are several. */
function rootOf(paths: readonly string[]): string {
  const roots = paths.flatMap((path) => /^(.*?)(?:data\/)?corpus[./_-]/.exec(path)?.[1] ?? [])
    .filter((root) => root === "" || root.endsWith("/"));
  return roots.sort((a, b) => a.length - b.length || (a < b ? -1 : 1))[0] ?? "";
}

/** Of a table that is stored in several forms, the files of one form, in order. */
function oneForm(paths: readonly string[]): string[] {
  const form = (path: string) => {
    const [, kind, packed] = ENDING.exec(path)!;
    return 2 * FORMS.indexOf(kind.toLowerCase()) + (packed ? 1 : 0);
  };
  const best = Math.min(...paths.map(form));
  return paths.filter((path) => form(path) === best).sort();
}
