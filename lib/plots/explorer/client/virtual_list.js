/** Makes an element with a class and text; text is never markup. */
export function element(tag, className = "", text = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== "") made.textContent = text;
  return made;
}

/**
 * A list that holds only the rows in view, so that 50,000 cost as much as 50. All rows have one height.
 *
 * @param box The element that scrolls.
 * @param options.height Height of a row in pixels.
 * @param options.draw Fills a row's element for an item.
 * @param options.select Called with an item's position when it is chosen.
 */
export function virtualList(box, { height, draw, select }) {
  const space = box.appendChild(element("div", "space"));
  let items = [];
  let selected = -1;
  let waiting = false;

  const paint = () => {
    waiting = false;
    const first = Math.max(0, Math.floor(box.scrollTop / height) - 5);
    const last = Math.min(items.length, Math.ceil((box.scrollTop + box.clientHeight) / height) + 5);
    const rows = [];
    for (let i = first; i < last; i++) {
      const row = element("div", "row");
      row.style.top = `${i * height}px`;
      row.style.height = `${height}px`;
      row.setAttribute("role", "row");
      row.setAttribute("aria-rowindex", String(i + 1));
      row.setAttribute("aria-selected", String(i === selected));
      row.addEventListener("click", () => select(i));
      draw(row, items[i], i);
      rows.push(row);
    }
    space.replaceChildren(...rows);
  };
  const ask = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(paint);
  };
  box.addEventListener("scroll", ask, { passive: true });
  addEventListener("resize", ask);

  return {
    get items() {
      return items;
    },
    get selected() {
      return selected;
    },
    /** Shows other items, the chosen one in view. */
    show(next, chosen = -1) {
      items = next;
      selected = chosen;
      space.style.height = `${items.length * height}px`;
      box.setAttribute("aria-rowcount", String(items.length));
      this.reveal();
      paint();
    },
    /** Chooses a position and brings it into view. */
    choose(i) {
      selected = i;
      this.reveal();
      paint();
    },
    reveal() {
      const top = selected * height;
      if (selected < 0) box.scrollTop = 0;
      else if (top < box.scrollTop) box.scrollTop = top;
      else if (top + height > box.scrollTop + box.clientHeight) box.scrollTop = top + height - box.clientHeight;
    },
    paint: ask,
  };
}
