import { join } from "node:path";
import { fileSource } from "../files/source.ts";
import type { UnpackBudget } from "../files/packed/unpack_limits.ts";
import { HubError } from "../hub/hub_error.ts";
import type { RepositoryType } from "../hub/remote_file.ts";
import { parseRepository } from "../hub/repository.ts";
import { hubListing, hubSnapshot } from "../hub/snapshot.ts";
import type { FoundCollection } from "./found_collection.ts";
import { layoutOf, qrelsOf } from "./layout.ts";
import type { LoadCollectionOptions } from "./load_options.ts";

/** Downloads the files of a data set of the Hugging Face hub. */
export async function findInHub(
  name: string,
  { subset, ...options }: LoadCollectionOptions,
  budget: UnpackBudget,
): Promise<FoundCollection> {
  const type: RepositoryType = "dataset";
  const { repository, revision } = parseRepository(name);
  const [own, other] = revision?.split(",") ?? [];
  const { files: listed, revision: commit } = await hubListing(repository, { ...options, type, revision: own });
  const layout = layoutOf(listed.map(({ path }) => path), `hf:${repository}`, { subset, twins: true });
  const wanted = [
    ...layout.corpus,
    ...layout.queries,
    ...[layout.qrels, layout.twins].flatMap((splits) => Object.values(splits).flat()),
  ];
  const snapshot = await hubSnapshot(repository, { ...options, type, revision: commit, patterns: wanted });
  const files = new Map(wanted.map((path) => [path, fileSource(join(snapshot.folder, path), budget)]));
  const choice = subset === undefined ? "" : `#${subset}`;
  const origin = `hf:${repository}@${commit}`;
  const tree = { name: repository, files };
  if (Object.keys(layout.qrels).length > 0) return { layout, tree, origin: origin + choice };

  // Many data sets keep their judgments in a separate repository.
  const judged = await judgments(`${repository}-qrels`, { ...options, type, revision: other });
  if (judged === undefined) return { layout, tree, origin: origin + choice };
  for (const path of Object.values(judged.qrels).flat()) {
    files.set(`qrels:${path}`, fileSource(join(judged.folder, path), budget));
  }
  const qrels = Object.fromEntries(
    Object.entries(judged.qrels).map(([split, paths]) => [split, paths.map((path) => `qrels:${path}`)]),
  );
  return { layout: { ...layout, qrels }, tree, origin: `${origin},${judged.revision}${choice}` };
}

/** The judgments' own repository, or undefined if there is none. */
async function judgments(
  repository: string,
  options: LoadCollectionOptions & { type: RepositoryType; revision?: string },
) {
  let listing;
  try {
    listing = await hubListing(repository, options);
  } catch (error) {
    if (error instanceof HubError && error.missing) return undefined;
    throw error;
  }
  const qrels = qrelsOf(listing.files.map(({ path }) => path), `hf:${repository}`);
  const patterns = Object.values(qrels).flat();
  const { folder, revision } = await hubSnapshot(repository, { ...options, revision: listing.revision, patterns });
  return { qrels, folder, revision };
}
