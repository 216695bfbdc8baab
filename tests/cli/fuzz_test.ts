import assert from "node:assert/strict";
import { join } from "node:path";
import { readNotebook, writeNotebook } from "../../lib/cli/jupyter/notebook.ts";
import { fuzz, mutatedJson } from "../support/fuzz.ts";

const NOTEBOOK = {
  nbformat: 4,
  nbformat_minor: 5,
  metadata: { kernelspec: { name: "deno", display_name: "Deno", language: "typescript" } },
  cells: [
    { cell_type: "markdown", id: "a", metadata: {}, source: ["# Title\n", "text"] },
    {
      cell_type: "code",
      id: "b",
      metadata: {},
      source: "1 + 1",
      execution_count: 1,
      outputs: [
        { output_type: "stream", name: "stdout", text: ["one\n"] },
        { output_type: "execute_result", data: { "text/plain": ["2"], "application/json": {} }, metadata: {} },
        { output_type: "error", ename: "E", evalue: "v", traceback: ["t"] },
      ],
    },
  ],
};

async function withFile(body: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(join(folder, "x.ipynb"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("fuzz notebooks", () =>
  withFile(async (path) => {
    await fuzz("notebook", new TextEncoder().encode(JSON.stringify(NOTEBOOK)), async (bytes) => {
      await Deno.writeFile(path, bytes);
      await writeNotebook(`${path}2`, await readNotebook(path));
    }, { rounds: 1500, mutate: mutatedJson });
  }));

const WRONG: [text: string, message: RegExp][] = [
  ["null", /Cannot read a notebook: found null, wanted an object/],
  ["[]", /found a list, wanted an object/],
  ["7", /found a number, wanted an object/],
  ["", /Cannot read a notebook: /],
  ['{"nbformat": 3, "cells": []}', /found format 3, wanted 4/],
  ['{"nbformat": 4}', /its cells are no list/],
  ['{"nbformat": 4, "cells": [null]}', /cell 1 is no object with cell_type and source/],
  ['{"nbformat": 4, "cells": [{"cell_type": "code", "source": 7}]}', /cell 1 .*source/],
  ['{"nbformat": 4, "cells": [{"cell_type": "code", "source": "", "outputs": 3}]}', /cell 1.*outputs/],
];

for (const [text, message] of WRONG) {
  Deno.test(`the notebook ${text.slice(0, 50) || "without a byte"} is refused with the reason`, () =>
    withFile(async (path) => {
      await Deno.writeTextFile(path, text);
      await assert.rejects(readNotebook(path), message);
    }));
}
