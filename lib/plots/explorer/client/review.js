/** Verdict by key. */
const KEYS = { k: "kept", d: "dropped", r: "relabeled" };

/**
 * Verdicts of a person, by key press: k keeps, d drops, r relabels as a positive, u takes the last one back, s saves.
 *
 * @param options.changed Called after every change.
 */
export function review(data, { changed }) {
  const given = new Map();
  const order = [];
  const find = (id) => document.getElementById(id);
  const say = () => {
    find("reviewed").textContent = `${given.size.toLocaleString("en-US")} reviewed`;
    find("save").disabled = given.size === 0;
    changed();
  };

  /** One line for each verdict, in the order of the table. */
  const lines = () =>
    [...given].sort(([a], [b]) => a - b).map(([row, verdict]) => {
      const { id, title, text } = data.passages[data.rows.passage[row]];
      return JSON.stringify({
        query_id: data.queries[data.rows.query[row]].id,
        ...(id === null ? { title, text } : { doc_id: id }),
        source: data.sources[data.rows.source[row]],
        verdict,
        reviewer: find("reviewer").value.trim() || "anonymous",
      });
    }).join("\n") + "\n";

  const save = () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([lines()], { type: "application/jsonl" }));
    link.download = "verdicts.jsonl";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
  find("save").addEventListener("click", save);
  addEventListener("beforeunload", (event) => {
    if (given.size > 0) event.preventDefault();
  });

  return {
    /** The verdict of a row; undefined where no one has reviewed it. */
    of: (row) => given.get(row),
    /** Handles a key; whether it was one of the review's. */
    key(key, row) {
      if (key === "s") {
        if (given.size > 0) save();
        return false;
      }
      if (key === "u") {
        const last = order.pop();
        if (last !== undefined) given.delete(last);
        say();
        return true;
      }
      if (!Object.hasOwn(KEYS, key)) return false;
      given.set(row, KEYS[key]);
      order.push(row);
      say();
      return true;
    },
  };
}
