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
  ["null", /Cannot read a notebook: it must be an object, found null/],
  ["[]", /must be an object, found a list/],
  ["7", /must be an object, found a number/],
  ["", /Cannot read a notebook: /],
  ['{"nbformat": 3, "cells": []}', /nbformat must be 4, found 3/],
  ['{"nbformat": 4}', /its cells must be a list/],
  ['{"nbformat": 4, "cells": [null]}', /cell 1 must be an object with cell_type and source/],
  ['{"nbformat": 4, "cells": [{"cell_type": "code", "source": 7}]}', /cell 1 .*source/],
  ['{"nbformat": 4, "cells": [{"cell_type": "code", "source": "", "outputs": 3}]}', /cell 1.*outputs/],
];

for (const [text, message] of WRONG) {
  Deno.test(`the notebook ${text.slice(0, 50) || "without bytes"} is refused with a reason`, () =>
    withFile(async (path) => {
      await Deno.writeTextFile(path, text);
      await assert.rejects(readNotebook(path), message);
    }));
}
