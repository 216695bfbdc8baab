import { PACKED } from "./packed/unpack.ts";

/** Role of a table in a collection. */
export type Role = "corpus" | "queries" | "qrels";

/** A data file, as its path describes it. */
export interface DataFile {
  /** The path, with forward slashes. */
  readonly path: string;
  /** Its part. Omit if the path does not name one. */
  readonly role?: Role;
  /** Other names along the path, from left to right. */
  readonly names: readonly Name[];
  /** Its part of a table, such as 1 of 3 in `corpus-00001-of-00003.parquet`. Omit for a whole table. */
  readonly part?: { readonly index: number; readonly count?: number };
  /** Whether it is in a folder of its role: `corpus/a.jsonl`. */
  readonly inside: boolean;
  /** Whether it is named like a copy: `corpus (1).jsonl`, `corpus.jsonl.bak`, `corpus.jsonl~`. */
  readonly backup: boolean;
}

/** A name in a path: `test-en` is the split `test` of the data set `en`. */
export interface Name {
  /** The name itself. */
  readonly whole: string;
  /** The split in it, or "". */
  readonly split: string;
  /** The data set in it, or "". */
  readonly set: string;
}

/** Endings of tables; each may be compressed. */
const FORMS = "arrow|feather|parquet|jsonl|ndjson|json|tsv|csv|txt|xml|qrels";
const ENDING = new RegExp(`\\.(${FORMS})(${PACKED.source.slice(0, -1)})?$`, "i");
const BACKUP_ENDING = /(~|\.(bak|backup|orig|old|save|swp|tmp|part|\d+))+$/i;
const BACKUP_NAME = /^\.|^copy of |^~|\s*\(\d+\)$|[\s_-]+copy(\s*\d+)?$/i;
/** Files about the data. */
const ABOUT =
  /^(dataset_infos?|dataset_dict|state|collection|config|metadata|readme.*|license.*|requirements)\.(json|txt)$/i;
const ROLE = /(?:^|[-._\s])(corpus|queries|qrels)(?=$|[-._\s(])/i;
const SHARD = /[-_.](\d+)-of-(\d+)$/i;
const PART = /^(?:(?:part|shard|chunk|file|batch|data|split)[-_.]?)?(\d+)(?:[-_.].*)?$/i;
const YEAR = /^(19|20)\d\d$/;
const SPLITS = "train|dev|test|validation|valid|val|eval";
const SPLIT_FIRST = new RegExp(`^(${SPLITS})(?:$|[-._])`, "i");
const SPLIT_LAST = new RegExp(`[-._](${SPLITS})$`, "i");
/** Folder names without meaning. */
const PLAIN = /^(data|default|\.)$/i;

/** Describes a file by its path; undefined if it is not a table. */
export function dataFile(path: string): DataFile | undefined {
  const steps = path.split("/");
  const file = steps.pop()!;
  const kept = file.replace(BACKUP_ENDING, "");
  const ending = ENDING.exec(kept)?.[0];
  if (ending === undefined || ABOUT.test(kept)) return undefined;
  const bare = kept.slice(0, -ending.length);
  const shard = SHARD.exec(bare);
  const backup = kept !== file || BACKUP_NAME.test(bare);
  const whole = [...steps, shard ? bare.slice(0, shard.index) : bare];
  const roleAt = whole.findLastIndex((step) => ROLE.test(step));
  const role = roleAt < 0 ? undefined : ROLE.exec(whole[roleAt])![1].toLowerCase() as Role;

  const names: Name[] = [];
  let part = shard ? { index: Number(shard[1]), count: Number(shard[2]) } : undefined as DataFile["part"];
  let inside = false;
  whole.forEach((step, at) => {
    const known = ROLE.exec(step);
    const of = known?.[1].toLowerCase() === role;
    const folder = at < whole.length - 1;
    if (known && of && folder) inside = true;
    for (const name of known ? [step.slice(0, known.index), step.slice(known.index + known[0].length)] : [step]) {
      const trimmed = name.replace(/^[-._\s]+|[-._\s]+$/g, "");
      if (trimmed === "" || PLAIN.test(trimmed)) continue;
      // A folder before the role is a data set, even in train/corpus.jsonl.
      const named = inside || known || role === undefined || !folder ? nameOf(trimmed) : plainName(trimmed);
      const number = (at >= roleAt || !folder) && !YEAR.test(named.set) ? PART.exec(named.set) : null;
      if (number) part ??= { index: Number(number[1]) };
      const left = number ? { ...named, set: "", whole: named.split } : named;
      if (left.whole !== "") names.push(left);
    }
  });
  return { path, role, names, part, inside, backup };
}

/** The data set in a path: `android` for `android/corpus.jsonl`, or "". */
export function setOf({ names }: DataFile): string {
  return names.map(({ set }) => set).filter((set) => set !== "").join("/");
}

/** The split in a path, without the names of its data set; validation, as hubs call it, becomes dev. */
export function splitOf({ names }: DataFile, set: string): string {
  const taken = set.split("/");
  const left = names.map((name) => taken.includes(name.set) ? name.split : name.whole).filter((name) => name !== "");
  const split = left.join("-");
  return /^(validation|valid|val)$/i.test(split) ? "dev" : split;
}

function nameOf(whole: string): Name {
  const [first, last] = [SPLIT_FIRST.exec(whole), SPLIT_LAST.exec(whole)];
  if (first) return { whole, split: first[1], set: whole.slice(first[0].length) };
  if (last) return { whole, split: last[1], set: whole.slice(0, last.index) };
  return { whole, split: "", set: whole };
}

function plainName(whole: string): Name {
  return { whole, split: "", set: whole };
}
