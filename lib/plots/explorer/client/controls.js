import { chip } from "./cells.js";

/** Filters that let everything pass. */
export function openFilters(data) {
  const none = { verdict: "", low: null, high: null, text: "", flagged: false, review: "" };
  return { sources: new Set(data.sources.keys()), ...none };
}

/**
 * Connects the filters with their inputs.
 *
 * @param update Called after every change.
 */
export function connectFilters(data, filters, update) {
  const find = (id) => document.getElementById(id);
  const number = (id) => find(id).value.trim() === "" ? null : Number(find(id).value);
  const reads = {
    search: () => filters.text = find("search").value.trim().toLowerCase(),
    verdict: () => filters.verdict = find("verdict").value,
    low: () => filters.low = number("low"),
    high: () => filters.high = number("high"),
    review: () => filters.review = find("review").value,
    flagged: () => filters.flagged = find("flagged").checked,
  };
  for (const [id, read] of Object.entries(reads)) find(id)?.addEventListener("input", () => (read(), update()));
  find("more").addEventListener("click", () => {
    const open = document.body.classList.toggle("filtering");
    find("more").setAttribute("aria-expanded", String(open));
  });
  find("sources").replaceChildren(...data.sources.map((source, i) => {
    const button = chip(data, source);
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
}
