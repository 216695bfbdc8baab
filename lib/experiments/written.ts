import { KitError } from "../core/mod.ts";
import type { Collection } from "../collections/mod.ts";
import { readTable } from "../files/mod.ts";
import { generate } from "../generators/mod.ts";
import { NEGATIVES, selectRows, type Table } from "../tables/mod.ts";
import { kitFile } from "./hold_out.ts";
import type { ExperimentConfig } from "./types.ts";

type Negatives = Table<typeof NEGATIVES>;

/**
 * Negatives that a model wrote by a recipe: from recorded replies, a ledger, or a table of generate's.
 *
 * @throws {KitError} if there are none.
 */
export async function written(
  config: ExperimentConfig,
  collection: Collection,
  recipe: string,
  signal?: AbortSignal,
): Promise<Negatives> {
  const { replies, seed, splits } = config;
  const replay = replies === "recorded" ? true : await kitFile(replies);
  const table = replies.endsWith(".arrow")
    ? await fromTable(replay as string, collection, { recipe, split: splits.train })
    : await generate(collection, { recipe, replay, split: splits.train, seed, signal, quiet: true });
  if ([...table.column("verdict")].includes("kept")) return table;
  const found = replies === "recorded" ? `replies recorded with "${collection.name}"` : `replies in ${replies}`;
  throw new KitError(
    `Cannot use recipe "${recipe}": the ${found} contain no negatives of it. Record some with \`deno task generate\`, ` +
      "and name their file with --set replies=FILE",
  );
}

/** The synthetic rows of a table that are by a recipe and of the split's queries. */
async function fromTable(
  file: string,
  { qrels }: Collection,
  { recipe, split }: { recipe: string; split: string },
): Promise<Negatives> {
  const table = await readTable(file, NEGATIVES);
  const queries = new Set(qrels[split].column("query_id"));
  const [source, by, query] = [table.column("source"), table.column("recipe"), table.column("query_id")];
  const name = recipe.split("@")[0];
  const rows = Array.from({ length: table.length }, (_, row) => row).filter((row) =>
    source.at(row) === "synthetic" && by.at(row)?.split("@")[0] === name && queries.has(query.at(row))
  );
  return selectRows(table, rows);
}
