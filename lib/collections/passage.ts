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
 * The one string that encoders and BM25 read: title, a space, text, as BEIR does it.
 *
 * @category Collections
 */
export function passageText({ title, text }: Passage): string {
  return title === "" ? text : `${title} ${text}`;
}
