/**
 * A title and a text: what is searched, written, judged.
 *
 * @category Collections
 */
export interface Passage {
  /** May be empty. */
  readonly title: string;
  /** The body. */
  readonly text: string;
}

/**
 * The string that encoders and BM25 read: title, space, text, as in BEIR.
 *
 * @category Collections
 */
export function passageText({ title, text }: Passage): string {
  return title === "" ? text : `${title} ${text}`;
}
