import { element } from "./virtual_list.js";

/** Verdict by key. */
const KEYS = { k: "kept", d: "dropped", r: "relabeled" };
const NAMES = { k: "keep", d: "drop", r: "relabel" };

/** What a verdict is about: a query and a passage, from whatever source. */
export function pairOf(data, row) {
  return data.rows.query[row] * data.passages.length + data.rows.passage[row];
}

/** The reviewer's verdict on a row; undefined where there is none. */
export function reviewOf(data, row) {
  return data.given.get(pairOf(data, row));
}

/** The verdicts as lines of a file, in the order of the table; each query and passage once. */
export function verdictLines(data, reviewer) {
  const lines = new Map();
  for (let row = 0; row < data.rows.query.length && lines.size < data.given.size; row++) {
    const pair = pairOf(data, row);
    const verdict = data.given.get(pair);
    if (verdict === undefined || lines.has(pair)) continue;
    const { id, title, text } = data.passages[data.rows.passage[row]];
    const passage = id === null ? { title, text } : { doc_id: id };
    const query_id = data.queries[data.rows.query[row]].id;
    lines.set(pair, JSON.stringify({ query_id, ...passage, verdict, reviewer }));
  }
  return [...lines.values(), ""].join("\n");
}

/** Takes up the lines of an earlier session; those of other negatives are left out. */
export function takeUp(data, text) {
  const key = ({ query_id, doc_id, title, text }) => JSON.stringify([query_id, doc_id ?? [title ?? "", text]]);
  const pairs = new Map();
  for (let row = 0; row < data.rows.query.length; row++) {
    const { id, title, text } = data.passages[data.rows.passage[row]];
    const query_id = data.queries[data.rows.query[row]].id;
    pairs.set(key({ query_id, doc_id: id ?? undefined, title, text }), pairOf(data, row));
  }
  for (const line of text.split("\n").filter(Boolean)) {
    const found = JSON.parse(line);
    const pair = pairs.get(key(found));
    if (pair !== undefined) data.given.set(pair, found.verdict);
  }
}

/** A drawer of the browser for this page; a page inside a notebook has none. */
function drawer() {
  const name = `syneg review ${location.pathname} ${document.title}`;
  const attempt = (work) => {
    try {
      return work();
    } catch {
      return null;
    }
  };
  return {
    read: () => attempt(() => localStorage.getItem(name)),
    write: (text) => attempt(() => (localStorage.setItem(name, text), true)),
  };
}

/**
 * Verdicts of a person, by key press: k keeps, d drops, r relabels as a positive, u takes the last one back, s saves.
 * Work that is not saved yet outlives the page where the browser allows it.
 *
 * @param options.changed Called after every change.
 */
export function review(data, { changed }) {
  const order = [];
  const find = (id) => document.getElementById(id);
  const kept = drawer();
  const reviewer = () => find("reviewer").value.trim() || "anonymous";
  let unsaved = false;
  const say = () => {
    find("reviewed").textContent = `${data.given.size.toLocaleString("en-US")} reviewed`;
    find("save").disabled = data.given.size === 0;
  };
  const change = (pair, verdict) => {
    if (verdict === undefined) data.given.delete(pair);
    else data.given.set(pair, verdict);
    unsaved = kept.write(verdictLines(data, reviewer())) !== true;
    say();
    changed();
  };
  const save = () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([verdictLines(data, reviewer())], { type: "application/jsonl" }));
    link.download = "verdicts.jsonl";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    unsaved = false;
  };
  takeUp(data, kept.read() ?? "");
  say();
  find("save").addEventListener("click", save);
  addEventListener("beforeunload", (event) => {
    if (unsaved) event.preventDefault();
  });

  return {
    /** A button for each verdict, for fingers and mice. */
    buttons(row, press) {
      const made = element("span", "give");
      for (const [key, name] of Object.entries(NAMES)) {
        const button = made.appendChild(element("button", "", name));
        button.type = "button";
        button.setAttribute("aria-pressed", String(reviewOf(data, row) === KEYS[key]));
        button.addEventListener("click", () => press(key));
      }
      return made;
    },
    /** Handles a key for a row; returns whether to go on to the next row, or undefined if the key is not the review's. */
    key(key, row) {
      if (key === "s") {
        if (data.given.size > 0) save();
        return false;
      }
      if (key === "u") {
        const last = order.pop();
        if (last) change(...last);
        return false;
      }
      if (!Object.hasOwn(KEYS, key) || row === undefined) return undefined;
      const pair = pairOf(data, row);
      order.push([pair, data.given.get(pair)]);
      change(pair, KEYS[key]);
      return true;
    },
  };
}
