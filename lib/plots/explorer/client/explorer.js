import { element, virtualList } from "./virtual_list.js";
import { COLUMNS, isFalse, matching, sorted, tallies, valueOf } from "./selection.js";
import { keysOf, pieces } from "./shared_words.js";
import { review, reviewOf } from "./review.js";

const QUERY_HEIGHT = 52;
const ROW_HEIGHT = 30;
const count = (n, one) => `${n.toLocaleString("en-US")} ${n === 1 ? one : one.replace(/y$/, "ie") + "s"}`;
const fixed = (value, digits = 3) => value === null ? "" : value.toFixed(digits).replace("-", "−");

/** Builds the page from its data. */
export function explorer(data) {
  data.given = new Map(
    data.reviews.map(([query, passage, verdict]) => [query * data.passages.length + passage, verdict]),
  );
  for (const passage of data.passages) passage.lower = `${passage.title} ${passage.text}`.toLowerCase();
  const find = (id) => document.getElementById(id);
  const filters = {
    sources: new Set(data.sources.keys()),
    ...{ verdict: "", low: null, high: null, text: "", flagged: false, review: "" },
  };
  const state = { query: 0, all: false, order: { key: null, down: false }, found: [], byQuery: new Map() };

  const queries = virtualList(find("queries"), { height: QUERY_HEIGHT, draw: drawQuery, select: openQuery });
  const rows = virtualList(find("rows"), { height: ROW_HEIGHT, draw: drawRow, select: openRow });
  const reviewer = data.review ? review(data, { changed: () => (rows.paint(), detail()) }) : undefined;

  function drawQuery(box, query) {
    const { text, id } = data.queries[query];
    const tally = state.byQuery.get(query);
    const line = [count(tally.rows, "row"), `${tally.kept.toLocaleString("en-US")} kept`];
    box.append(element("div", "text", text));
    const small = box.appendChild(element("div", "small", [id, ...line].join(" · ")));
    if (tally.false > 0) small.append(element("span", "flag", `${tally.false} false`));
    box.setAttribute("aria-selected", String(query === state.query));
  }

  function drawRow(box, row) {
    for (const column of columns()) {
      const cell = box.appendChild(element("span", `cell ${column.key}`));
      cell.setAttribute("role", "gridcell");
      const value = valueOf(data, row, column.key);
      if (column.key === "source") cell.append(chip(value));
      else if (column.key === "query") cell.textContent = data.queries[value].text;
      else if (column.key === "verdict") cell.append(verdict(row));
      else if (column.key === "grade") {
        cell.append(isFalse(data, row) ? element("span", "flag", String(value)) : String(value ?? ""));
        cell.title = value > 0 ? (isFalse(data, row) ? "a false negative" : "a known positive") : "";
      } else if (column.key === "text") cell.append(...brief(passageOf(row)));
      else if (column.key === "rank") cell.textContent = value ?? "";
      else cell.textContent = fixed(value);
    }
  }

  /** Title and beginning of a passage, for one line. */
  function brief({ title, text }) {
    const begin = element("span", title ? "soft" : "", text.slice(0, 300));
    return title ? [element("b", "", title), " ", begin] : [begin];
  }

  function verdict(row) {
    const given = reviewOf(data, row);
    const pill = element("span", `verdict ${given ?? data.rows.verdict[row]}`, given ?? data.rows.verdict[row]);
    if (given) pill.classList.add("mine");
    pill.title = given && given !== data.rows.verdict[row] ? `in the table: ${data.rows.verdict[row]}` : "";
    if (data.rows.reason[row]) pill.title += `${pill.title ? ", " : ""}${data.rows.reason[row]}`;
    return pill;
  }

  function chip(source) {
    const made = element("span", "chip", source);
    made.style.setProperty("--source", data.colors[source]);
    return made;
  }

  const passageOf = (row) => data.passages[data.rows.passage[row]];
  const columns = () => COLUMNS.filter(({ key }) => (key !== "query" || state.all) && (key !== "grade" || data.graded));

  function head() {
    find("head").replaceChildren(
      ...columns().map(({ key, name, about }) => {
        const cell = element("button", `cell ${key}`, name);
        cell.type = "button";
        if (about) cell.title = about;
        const { key: by, down } = state.order;
        cell.setAttribute("aria-sort", by !== key ? "none" : down ? "descending" : "ascending");
        if (by === key) cell.append(down ? " ↓" : " ↑");
        cell.addEventListener("click", () => order(key));
        return cell;
      }),
    );
    find("rows").classList.toggle("all", state.all);
    find("head").classList.toggle("all", state.all);
  }

  /** A number's first click sorts the highest first; the third click restores the table's order. */
  function order(key) {
    const first = COLUMNS.find((column) => column.key === key).number;
    const { key: by, down } = state.order;
    if (by !== key) state.order = { key, down: first };
    else state.order = down === first ? { key, down: !first } : { key: null, down: false };
    table();
  }

  /** Applies the filters and draws everything that depends on them. */
  function update() {
    state.found = matching(data, filters);
    state.byQuery = tallies(data, state.found);
    listQueries();
    table();
  }

  function listQueries() {
    const wanted = find("query-search").value.trim().toLowerCase();
    const by = find("query-order").value;
    const shown = [...state.byQuery.keys()].filter((query) =>
      wanted === "" || `${data.queries[query].id} ${data.queries[query].text}`.toLowerCase().includes(wanted)
    );
    const rank = (query) => by === "order" ? query : -state.byQuery.get(query)[by];
    shown.sort((a, b) => rank(a) - rank(b) || a - b);
    if (!shown.includes(state.query)) state.query = shown[0] ?? -1;
    queries.show(shown, shown.indexOf(state.query));
    find("query-count").textContent = count(shown.length, "query");
  }

  function table() {
    const found = state.all ? state.found : state.found.filter((row) => data.rows.query[row] === state.query);
    head();
    rows.show(sorted(data, found, state.order), found.length > 0 ? 0 : -1);
    const query = data.queries[state.query];
    find("query-text").textContent = state.all
      ? "All queries"
      : query?.text ?? "No query has a row that passes the filters";
    find("found").textContent = `${count(found.length, "row")} of ${count(data.rows.query.length, "row")}`;
    detail();
  }

  function openQuery(i) {
    state.query = queries.items[i];
    queries.choose(i);
    if (state.all) setAll(false);
    else table();
  }

  function openRow(i) {
    rows.choose(i);
    detail();
  }

  function setAll(all) {
    state.all = all;
    find("all").setAttribute("aria-pressed", String(all));
    table();
  }

  /** The chosen candidate beside the query's positives, with the words that they share marked. */
  function detail() {
    const row = rows.items[rows.selected];
    const query = row === undefined ? state.query : data.rows.query[row];
    const box = find("detail");
    if (query < 0 || data.queries[query] === undefined) return box.replaceChildren();
    const { text, positives } = data.queries[query];
    const all = positives.map((i) => data.passages[i]);
    const shared = keysOf(all.map(({ title, text }) => `${title} ${text}`).join(" "));
    const asked = keysOf(text);
    const parts = row === undefined ? [] : [candidate(row, { shared, asked })];
    const keys = row === undefined ? asked : keysOf(`${passageOf(row).title} ${passageOf(row).text}`);
    const cards = all.map((passage, i) =>
      card({ passage, kind: `positive ${all.length > 1 ? i + 1 : ""}`, keys, asked })
    );
    box.replaceChildren(...parts, ...cards);
    box.scrollTop = 0;
  }

  function candidate(row, { shared, asked }) {
    const { rank, score, positive, reason, grade } = data.rows;
    const made = card({ passage: passageOf(row), kind: "", keys: shared, asked });
    const line = made.querySelector(".kind");
    line.append(chip(data.sources[data.rows.source[row]]), verdict(row));
    if (isFalse(data, row)) line.append(element("span", "flag", `false negative, grade ${grade[row]}`));
    if (reviewer) line.append(reviewer.buttons(row, decide));
    const facts = [
      rank[row] === null ? "" : `rank ${rank[row]}`,
      score[row] === null ? "" : `score ${fixed(score[row])}`,
      positive[row] === null ? "" : `positive ${fixed(positive[row])}`,
      data.rows.origin[row],
    ].filter(Boolean);
    if (facts.length > 0) made.append(element("p", "small", facts.join(" · ")));
    if (reason[row]) made.append(element("p", "small", `reason: ${reason[row]}`));
    return made;
  }

  function card({ passage, kind, keys, asked }) {
    const made = element("article", "card");
    made.append(element("div", "kind", kind));
    if (passage.title) made.append(marked("h3", passage.title, { keys, asked }));
    made.append(marked("p", passage.text, { keys, asked }));
    if (passage.id !== null) made.append(element("p", "small", passage.id));
    return made;
  }

  function marked(tag, text, { keys, asked }) {
    const made = element(tag);
    for (const [piece, isShared] of pieces(text, keys)) {
      const into = isShared ? made.appendChild(element("mark")) : made;
      for (const [part, isAsked] of pieces(piece, asked)) {
        into.append(isAsked ? element("b", "", part) : part);
      }
    }
    return made;
  }

  const step = (list, by, open) => {
    if (list.items.length > 0) open(Math.min(list.items.length - 1, Math.max(0, list.selected + by)));
  };
  const KEYS = {
    ArrowDown: () => step(rows, 1, openRow),
    ArrowUp: () => step(rows, -1, openRow),
    PageDown: () => step(rows, 10, openRow),
    PageUp: () => step(rows, -10, openRow),
    Home: () => step(rows, -Infinity, openRow),
    End: () => step(rows, Infinity, openRow),
    ArrowRight: () => step(queries, 1, openQuery),
    ArrowLeft: () => step(queries, -1, openQuery),
    a: () => setAll(!state.all),
    "/": () => find("search").focus(),
  };
  /** Hands a key to the review and goes on; whether it was one of the review's. After a query's last row comes the next query. */
  function decide(key) {
    const onward = reviewer?.key(key, rows.items[rows.selected]);
    if (onward && rows.selected === rows.items.length - 1 && !state.all) KEYS.ArrowRight();
    else if (onward) KEYS.ArrowDown();
    return onward !== undefined;
  }
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (decide(event.key)) return event.preventDefault();
    if (!Object.hasOwn(KEYS, event.key)) return;
    event.preventDefault();
    KEYS[event.key]();
  });

  const number = (id) => find(id).value.trim() === "" ? null : Number(find(id).value);
  const controls = {
    search: () => filters.text = find("search").value.trim().toLowerCase(),
    verdict: () => filters.verdict = find("verdict").value,
    low: () => filters.low = number("low"),
    high: () => filters.high = number("high"),
    review: () => filters.review = find("review").value,
    flagged: () => filters.flagged = find("flagged").checked,
  };
  for (const [id, read] of Object.entries(controls)) {
    find(id)?.addEventListener("input", () => (read(), update()));
  }
  find("query-search").addEventListener("input", () => (listQueries(), table()));
  find("query-order").addEventListener("input", () => (listQueries(), table()));
  find("more").addEventListener("click", () => {
    const open = document.body.classList.toggle("filtering");
    find("more").setAttribute("aria-expanded", String(open));
  });
  find("all").addEventListener("click", () => setAll(!state.all));
  find("sources").replaceChildren(...data.sources.map((source, i) => {
    const button = chip(source);
    button.setAttribute("role", "checkbox");
    button.tabIndex = 0;
    button.setAttribute("aria-checked", "true");
    const toggle = () => {
      if (!filters.sources.delete(i)) filters.sources.add(i);
      button.setAttribute("aria-checked", String(filters.sources.has(i)));
      update();
    };
    button.addEventListener("click", toggle);
    button.addEventListener("keydown", (event) => {
      if (event.key === " " || event.key === "Enter") (event.preventDefault(), event.stopPropagation(), toggle());
    });
    return button;
  }));
  update();
}
