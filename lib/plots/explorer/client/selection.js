import { reviewOf } from "./review.js";

/** What can be compared by a click on a column's head. */
export const COLUMNS = [
  { key: "query", name: "query", number: false },
  { key: "source", name: "source", number: false },
  { key: "rank", name: "rank", number: true },
  { key: "score", name: "score", number: true },
  { key: "gap", name: "Δ positive", number: true, about: "score minus the score of the query's lowest positive" },
  { key: "verdict", name: "verdict", number: false },
  { key: "grade", name: "grade", number: true, about: "grade by complete judgments: above 0 is a false negative" },
  { key: "text", name: "passage", number: false },
];

/** A row's value in a column; null where it has none. */
export function valueOf(data, row, key) {
  const { rows } = data;
  switch (key) {
    case "query":
      return rows.query[row];
    case "source":
      return data.sources[rows.source[row]];
    case "gap":
      return rows.score[row] === null || rows.positive[row] === null ? null : rows.score[row] - rows.positive[row];
    case "verdict":
      return rows.verdict[row];
    case "text":
      return data.passages[rows.passage[row]].lower;
    default:
      return rows[key][row];
  }
}

/** Whether a row is a false negative: relevant by complete judgments, and not known as a positive. */
export function isFalse(data, row) {
  const { rows } = data;
  return rows.grade[row] > 0 && !data.queries[rows.query[row]].positives.includes(rows.passage[row]);
}

/** Rows that pass the filters, as row numbers in the order of the table. */
export function matching(data, { sources, verdict, low, high, text, flagged, review }) {
  const { rows, passages } = data;
  const hit = text === "" ? undefined : passages.map(({ lower }) => lower.includes(text));
  const found = [];
  for (let row = 0; row < rows.query.length; row++) {
    if (!sources.has(rows.source[row])) continue;
    if (verdict !== "" && rows.verdict[row] !== verdict) continue;
    if (review !== "" && !reviewed(review, reviewOf(data, row), rows.verdict[row])) continue;
    if (flagged && !isFalse(data, row)) continue;
    const score = rows.score[row];
    if (low !== null && !(score !== null && score >= low)) continue;
    if (high !== null && !(score !== null && score <= high)) continue;
    if (hit && !hit[rows.passage[row]]) continue;
    found.push(row);
  }
  return found;
}

/** Whether a row with a reviewer's verdict, or none, passes the filter of reviews. */
function reviewed(wanted, given, verdict) {
  switch (wanted) {
    case "open":
      return given === undefined;
    case "done":
      return given !== undefined;
    case "differs":
      return given !== undefined && given !== verdict;
    default:
      return given === wanted;
  }
}

/** Row numbers in order of a column; rows without a value come last, ties keep the table's order. */
export function sorted(data, found, { key, down }) {
  if (key === null) return found;
  const values = new Map(found.map((row) => [row, valueOf(data, row, key)]));
  const sign = down ? -1 : 1;
  return [...found].sort((a, b) => {
    const [x, y] = [values.get(a), values.get(b)];
    if (x === null || y === null) return (x === null) - (y === null) || a - b;
    return (x < y ? -sign : x > y ? sign : 0) || a - b;
  });
}

/** What the list of queries says of each: how many rows it has by verdict, how many of them are false negatives. */
export function tallies(data, found) {
  const by = new Map();
  for (const row of found) {
    const query = data.rows.query[row];
    let tally = by.get(query);
    if (!tally) by.set(query, tally = { rows: 0, kept: 0, false: 0, hardest: -Infinity });
    tally.rows++;
    if (data.rows.verdict[row] === "kept") tally.kept++;
    if (isFalse(data, row)) tally.false++;
    const gap = valueOf(data, row, "gap");
    if (gap !== null && gap > tally.hardest) tally.hardest = gap;
  }
  return by;
}
