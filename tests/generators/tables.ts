import { join } from "node:path";
import { writeTable } from "../../lib/files/arrow/ipc.ts";
import type { Schema } from "../../lib/tables/schema.ts";
import type { Table } from "../../lib/tables/table.ts";

/** The bytes of a table on disk. */
export async function serialize<S extends Schema>(table: Table<S>): Promise<Uint8Array> {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "table.arrow");
    await writeTable(path, table);
    return await Deno.readFile(path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
