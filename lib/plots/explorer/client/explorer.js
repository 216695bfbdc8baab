import { counted, fillQuery, fillRow } from "./cells.js";
import { connectFilters, openFilters } from "./controls.js";
import { detailOf } from "./detail.js";
import { review } from "./review.js";
import { COLUMNS, matching, sorted, tallies } from "./selection.js";
import { element, virtualList } from "./virtual_list.js";

const QUERY_HEIGHT = 52;
const ROW_HEIGHT = 30;
const find = (id) => document.getElementById(id);

/** Builds the page from its data. */
export function explorer(data) {
  const { length } = data.passages;
  data.given = new Map(data.reviews.map(([query, passage, verdict]) => [query * length + passage, verdict]));
  for (const passage of data.passages) passage.lower = `${passage.title} ${passage.text}`.toLowerCase();
  new Explorer(data).start();
}

/** What is shown, and how clicks and keys change it. */
class Explorer {
  constructor(data) {
    this.data = data;
    this.filters = openFilters(data);
    this.query = 0;
    this.all = false;
    this.order = { key: null, down: false };
    this.found = [];
    this.tallies = new Map();
    this.queries = virtualList(find("queries"), {
      height: QUERY_HEIGHT,
      draw: (box, query) => {
        fillQuery(box, data.queries[query], this.tallies.get(query));
        box.setAttribute("aria-selected", String(query === this.query));
      },
      select: (i) => this.openQuery(i),
    });
    this.rows = virtualList(find("rows"), {
      height: ROW_HEIGHT,
      draw: (box, row) => fillRow(box, data, row, this.columns()),
      select: (i) => this.openRow(i),
    });
    this.reviewer = data.review ? review(data, { changed: () => (this.rows.paint(), this.detail()) }) : undefined;
  }

  start() {
    connectFilters(this.data, this.filters, () => this.update());
    for (const id of ["query-search", "query-order"]) {
      find(id).addEventListener("input", () => (this.listQueries(), this.table()));
    }
    find("all").addEventListener("click", () => this.setAll(!this.all));
    addEventListener("keydown", (event) => this.key(event));
    this.update();
  }

  columns() {
    return COLUMNS.filter(({ key }) => (key !== "query" || this.all) && (key !== "grade" || this.data.graded));
  }

  /** Applies the filters and draws everything that depends on them. */
  update() {
    this.found = matching(this.data, this.filters);
    this.tallies = tallies(this.data, this.found);
    this.listQueries();
    this.table();
  }

  listQueries() {
    const wanted = find("query-search").value.trim().toLowerCase();
    const by = find("query-order").value;
    const shown = [...this.tallies.keys()].filter((query) => {
      const { id, text } = this.data.queries[query];
      return wanted === "" || `${id} ${text}`.toLowerCase().includes(wanted);
    });
    const rank = (query) => by === "order" ? query : -this.tallies.get(query)[by];
    shown.sort((a, b) => rank(a) - rank(b) || a - b);
    if (!shown.includes(this.query)) this.query = shown[0] ?? -1;
    this.queries.show(shown, shown.indexOf(this.query));
    find("query-count").textContent = counted(shown.length, "query");
  }

  table() {
    const { query: ofRow } = this.data.rows;
    const found = this.all ? this.found : this.found.filter((row) => ofRow[row] === this.query);
    this.head();
    this.rows.show(sorted(this.data, found, this.order), found.length > 0 ? 0 : -1);
    const one = this.data.queries[this.query]?.text ?? "No query has a row that passes the filters";
    find("query-text").textContent = this.all ? "All queries" : one;
    find("found").textContent = `${counted(found.length, "row")} of ${counted(ofRow.length, "row")}`;
    this.detail();
  }

  head() {
    const { key: by, down } = this.order;
    find("head").replaceChildren(
      ...this.columns().map(({ key, name, about }) => {
        const cell = element("button", `cell ${key}`, name);
        cell.type = "button";
        if (about) cell.title = about;
        cell.setAttribute("aria-sort", by !== key ? "none" : down ? "descending" : "ascending");
        if (by === key) cell.append(down ? " ↓" : " ↑");
        cell.addEventListener("click", () => this.sortBy(key));
        return cell;
      }),
    );
    for (const id of ["rows", "head"]) find(id).classList.toggle("all", this.all);
  }

  /** A number's first click sorts the highest first; the third click restores the table's order. */
  sortBy(key) {
    const first = COLUMNS.find((column) => column.key === key).number;
    const { key: by, down } = this.order;
    if (by !== key) this.order = { key, down: first };
    else this.order = down === first ? { key, down: !first } : { key: null, down: false };
    this.table();
  }

  openQuery(i) {
    this.query = this.queries.items[i];
    this.queries.choose(i);
    if (this.all) this.setAll(false);
    else this.table();
  }

  openRow(i) {
    this.rows.choose(i);
    this.detail();
  }

  setAll(all) {
    this.all = all;
    find("all").setAttribute("aria-pressed", String(all));
    this.table();
  }

  detail() {
    const row = this.rows.items[this.rows.selected];
    const query = row === undefined ? this.query : this.data.rows.query[row];
    const box = find("detail");
    if (this.data.queries[query] === undefined) return box.replaceChildren();
    const buttons = row === undefined ? undefined : this.reviewer?.buttons(row, (key) => this.decide(key));
    box.replaceChildren(...detailOf(this.data, { query, row, buttons }));
    box.scrollTop = 0;
  }

  stepRow(by) {
    const { items, selected } = this.rows;
    if (items.length > 0) this.openRow(Math.min(items.length - 1, Math.max(0, selected + by)));
  }

  stepQuery(by) {
    const { items, selected } = this.queries;
    if (items.length > 0) this.openQuery(Math.min(items.length - 1, Math.max(0, selected + by)));
  }

  /** Hands a key to the review and moves on; whether it was the review's. After a query's last row comes the next query. */
  decide(key) {
    const { items, selected } = this.rows;
    const onward = this.reviewer?.key(key, items[selected]);
    if (onward && selected === items.length - 1 && !this.all) this.stepQuery(1);
    else if (onward) this.stepRow(1);
    return onward !== undefined;
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (this.decide(event.key)) return event.preventDefault();
    const work = {
      ArrowDown: () => this.stepRow(1),
      ArrowUp: () => this.stepRow(-1),
      PageDown: () => this.stepRow(10),
      PageUp: () => this.stepRow(-10),
      Home: () => this.stepRow(-Infinity),
      End: () => this.stepRow(Infinity),
      ArrowRight: () => this.stepQuery(1),
      ArrowLeft: () => this.stepQuery(-1),
      a: () => this.setAll(!this.all),
      "/": () => find("search").focus(),
    };
    if (!Object.hasOwn(work, event.key)) return;
    event.preventDefault();
    work[event.key]();
  }
}
