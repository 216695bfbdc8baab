import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import * as z from "zod";
import type { Collection } from "../collections/mod.ts";
import { ArgumentError, KitError } from "../core/errors.ts";
import { exists } from "../core/files.ts";
import { counted } from "../core/format_numbers.ts";
import { printable } from "../core/printable.ts";
import { biggestChanges } from "../evaluation/scores/mod.ts";
import { readTable } from "../files/mod.ts";
import { BY_EXTENSION, NEGATIVES_FORMATS, negativesFormat, readNegatives } from "../negatives/exchange/mod.ts";
import { readReviews } from "../negatives/review/mod.ts";
import { browse, changedQueries } from "../plots/explorer/mod.ts";
import { concatenate, RUN, SCORES } from "../tables/mod.ts";
import { command, UsageError } from "./arguments.ts";
import { loadJudged } from "./load_judged.ts";
import { checkOutputPath } from "./output_path.ts";
import { main } from "./run_command.ts";

/** `deno task browse`: writes a page to read negatives in. */
export const browseCommand = command({
  name: "browse",
  about:
    "Write a page to read negatives in: sort, filter, search, and give verdicts; of a run also one of the queries " +
    "that gained and lost most",
  positionals: [
    { name: "run|collection", about: "folder of an experiment, or a collection that `deno task data` reads" },
    { name: "negatives…", about: "files of negatives; a run has its own" },
  ],
  options: {
    out: { type: "text", about: "page to write [default: negatives.html beside the negatives]", placeholder: "file" },
    overwrite: { type: "flag", about: "replace an existing page" },
    format: { type: "text", about: `format of the files [default: ${BY_EXTENSION}]`, choices: NEGATIVES_FORMATS },
    split: { type: "text", about: "split of the positives beside the candidates [default: train]" },
    review: { type: "flag", about: "keep, drop and relabel by key press, and save the verdicts as a file" },
    verdicts: { type: "text", about: "saved verdicts, to show, filter by and continue", placeholder: "file" },
  },
  examples: ["browse facets data/runs/bm25.arrow", "browse data/runs/facets-20260131-120000 --review"],
  async run({ positionals: [name, ...given], options, signal }) {
    const { run, files } = await inputsOf(name, given);
    const formats = files.map((file) => negativesFormat(file, options.format));
    for (const file of [...files, ...options.verdicts === undefined ? [] : [options.verdicts]]) {
      if (!await exists(file)) throw new KitError("Cannot read: no such file", { file });
    }
    const out = options.out ?? join(dirname(files[0]), "negatives.html");
    if (!/\.html?$/.test(out)) throw new ArgumentError(`Cannot write the page "${out}": pages end in .html`);
    await checkOutputPath(out, options);
    const split = options.split ?? run?.split ?? "train";
    const collection = await loadJudged(run?.collection ?? name, split, signal);
    const negatives = concatenate(
      await Promise.all(files.map((file, i) => readNegatives(file, { format: formats[i], collection }))),
    );
    const reviews = options.verdicts === undefined ? undefined : await readReviews(options.verdicts);
    const review = options.review || reviews !== undefined;
    await browse(collection, negatives, { split, review, reviews }).save(out, { overwrite: options.overwrite });
    const queries = new Set(negatives.column("query_id")).size;
    if (run?.changed) await writeChanged(name, { ...run.changed, collection, out, overwrite: options.overwrite });
    console.log(printable(`Wrote ${negatives.length} negatives of ${queries} queries to ${out}`));
    console.log(printable(`Open ${pathToFileURL(out)}`));
  },
});

/** Writes the queries that gained and lost most beside the negatives, as queries.html. */
async function writeChanged(
  folder: string,
  { arms: [before, after], measure, collection, out, overwrite }: Changed & {
    collection: Collection;
    out: string;
    overwrite: boolean;
  },
): Promise<void> {
  const read = async (arm: string) => ({
    run: await readTable(join(folder, "cells", `${arm}.1`, "run.arrow"), RUN),
    scores: await readTable(join(folder, "cells", `${arm}.1`, "scores.arrow"), SCORES),
  });
  const [first, second] = [await read(before), await read(after)];
  const changes = biggestChanges(first.scores, second.scores, { n: 10, measure });
  const path = join(dirname(out), "queries.html");
  const title = `${measure} from ${before} to ${after}: the queries that changed most`;
  const runs = { [before]: first.run, [after]: second.run };
  await changedQueries(collection, changes, { runs, title }).save(path, { overwrite });
  const { length } = [...changes.gains, ...changes.losses];
  console.log(
    printable(
      `Wrote ${counted(length, "query", "queries")} that gained or lost most from ${before} to ${after} to ${path}`,
    ),
  );
}

/** Two arms of a finished run, by its measure. */
interface Changed {
  readonly arms: readonly [before: string, after: string];
  readonly measure: string;
}

const SUMMARY = z.object({
  measure: z.string(),
  baseline: z.string(),
  arms: z.array(z.object({ arm: z.string(), mean: z.number() })).min(2),
});

/** The baseline and the best other arm of a finished run; undefined if it has no summary yet. */
async function changedOf(folder: string): Promise<Changed | undefined> {
  const file = join(folder, "summary.json");
  if (!await exists(file)) return undefined;
  const { data } = SUMMARY.safeParse(JSON.parse(await Deno.readTextFile(file)));
  if (!data) return undefined;
  const [best] = data.arms.filter(({ arm }) => arm !== data.baseline).sort((a, b) => b.mean - a.mean);
  return { arms: [data.baseline, best.arm], measure: data.measure };
}

const MANIFEST = z.object({ config: z.object({ collection: z.string(), splits: z.object({ train: z.string() }) }) });

/** The files to show, and of a run its collection and split. */
async function inputsOf(
  name: string,
  given: readonly string[],
): Promise<{ run?: { collection: string; split: string; changed?: Changed }; files: readonly string[] }> {
  const file = join(name, "manifest.json");
  if (!await exists(file)) {
    if (given.length > 0) return { files: given };
    throw new UsageError(`Missing argument <negatives>: ${name} is not the folder of a run, which has its own`);
  }
  let manifest: unknown;
  try {
    manifest = JSON.parse(await Deno.readTextFile(file));
  } catch (cause) {
    throw new KitError(`Cannot read a run: ${(cause as Error).message}`, { file }, { cause });
  }
  const { success, data } = MANIFEST.safeParse(manifest);
  if (!success) throw new KitError("Cannot read a run: its manifest names no collection and training split", { file });
  const { collection, splits } = data.config;
  const files = given.length > 0 ? given : [join(name, "negatives.arrow")];
  return { run: { collection, split: splits.train, changed: await changedOf(name) }, files };
}

if (import.meta.main) await main(browseCommand);
