/**
 * A document as it was read.
 *
 * @category Pipeline
 */
export interface SourceDocument {
  /** Path below the folder; with `#` and a line or id for a document of a JSONL file. */
  readonly id: string;
  /** Its title; empty if it has none. */
  readonly title: string;
  /** Its text; headings are lines that begin with `#`, paragraphs are parted by empty lines. */
  readonly text: string;
}

/**
 * A file, or a document of a file, that was left out.
 *
 * @category Pipeline
 */
export interface DocumentFinding {
  /** Its path below the folder. */
  readonly file: string;
  /** Why it was left out. */
  readonly reason: string;
}

/**
 * What `readDocuments` finds.
 *
 * @category Pipeline
 */
export interface ReadDocuments {
  /** Documents with text, by path. */
  readonly documents: readonly SourceDocument[];
  /** Files and documents that were left out. */
  readonly findings: readonly DocumentFinding[];
}
