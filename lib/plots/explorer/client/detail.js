import { chip, fixed, verdictOf } from "./cells.js";
import { isFalse } from "./selection.js";
import { keysOf, pieces } from "./shared_words.js";
import { element } from "./virtual_list.js";

/**
 * The chosen candidate beside its query's positives, with the words that they share marked.
 *
 * @param options.row The candidate; undefined for none.
 * @param options.buttons Gives a verdict by finger or mouse; undefined without a review.
 */
export function detailOf(data, { query, row, buttons }) {
  const { text, positives } = data.queries[query];
  const answers = positives.map((i) => data.passages[i]);
  const asked = keysOf(text);
  const words = ({ title, text }) => `${title} ${text}`;
  const shared = keysOf(answers.map(words).join(" "));
  const keys = row === undefined ? asked : keysOf(words(data.passages[data.rows.passage[row]]));
  const cards = answers.map((passage, i) =>
    card({ passage, kind: `positive ${answers.length > 1 ? i + 1 : ""}`, keys, asked })
  );
  return row === undefined ? cards : [candidate(data, row, { shared, asked, buttons }), ...cards];
}

function candidate(data, row, { shared, asked, buttons }) {
  const { rank, score, positive, reason, grade, origin, source, passage } = data.rows;
  const made = card({ passage: data.passages[passage[row]], kind: "", keys: shared, asked });
  const line = made.querySelector(".kind");
  line.append(chip(data, data.sources[source[row]]), verdictOf(data, row));
  if (isFalse(data, row)) line.append(element("span", "flag", `false negative, grade ${grade[row]}`));
  if (buttons) line.append(buttons);
  const facts = [
    rank[row] === null ? "" : `rank ${rank[row]}`,
    score[row] === null ? "" : `score ${fixed(score[row])}`,
    positive[row] === null ? "" : `positive ${fixed(positive[row])}`,
    origin[row],
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

/** A text with the shared words marked, and those of the query underlined. */
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
