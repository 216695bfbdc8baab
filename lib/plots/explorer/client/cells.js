import { isFalse, valueOf } from "./selection.js";
import { reviewOf } from "./review.js";
import { element } from "./virtual_list.js";

/** A count with its noun: "1 query", "12 queries". */
export function counted(n, one) {
  return `${n.toLocaleString("en-US")} ${n === 1 ? one : one.replace(/y$/, "ie") + "s"}`;
}

/** A score with three decimals and a true minus. */
export function fixed(value) {
  return value === null ? "" : value.toFixed(3).replace("-", "−");
}

/** A source in its color. */
export function chip(data, source) {
  const made = element("span", "chip", source);
  made.style.setProperty("--source", data.colors[source]);
  return made;
}

/** The reviewer's verdict on a row, or the table's. */
export function verdictOf(data, row) {
  const given = reviewOf(data, row);
  const own = data.rows.verdict[row];
  const pill = element("span", `verdict ${given ?? own}`, given ?? own);
  if (given) pill.classList.add("mine");
  pill.title = [given && given !== own ? `in the table: ${own}` : "", data.rows.reason[row]].filter(Boolean).join(", ");
  return pill;
}

/** Fills a row of the table. */
export function fillRow(box, data, row, columns) {
  for (const { key } of columns) {
    const cell = box.appendChild(element("span", `cell ${key}`));
    cell.setAttribute("role", "gridcell");
    const value = valueOf(data, row, key);
    if (key === "source") cell.append(chip(data, value));
    else if (key === "query") cell.textContent = data.queries[value].text;
    else if (key === "verdict") cell.append(verdictOf(data, row));
    else if (key === "grade") fillGrade(cell, value, isFalse(data, row));
    else if (key === "text") cell.append(...beginning(data.passages[data.rows.passage[row]]));
    else if (key === "rank") cell.textContent = value ?? "";
    else cell.textContent = fixed(value);
  }
}

function fillGrade(cell, grade, isWrong) {
  cell.append(isWrong ? element("span", "flag", String(grade)) : String(grade ?? ""));
  if (grade > 0) cell.title = isWrong ? "a false negative" : "a known positive";
}

/** Title and beginning of a passage, for one line. */
function beginning({ title, text }) {
  const begin = element("span", title ? "soft" : "", text.slice(0, 300));
  return title ? [element("b", "", title), " ", begin] : [begin];
}

/** Fills a query of the list. */
export function fillQuery(box, { id, text }, tally) {
  box.append(element("div", "text", text));
  const line = [id, counted(tally.rows, "row"), `${tally.kept.toLocaleString("en-US")} kept`];
  const small = box.appendChild(element("div", "small", line.join(" · ")));
  if (tally.false > 0) small.append(element("span", "flag", `${tally.false} false`));
}
