/**
 * One collection of a suite.
 *
 * @category Evaluation
 */
export interface SuiteEntry {
  /** Its name in tables and files. */
  readonly name: string;
  /** What `loadCollection` loads: a folder, `beir/scifact`, `hf:owner/name@revision`. */
  readonly collection: string;
  /** Split whose judgments count. */
  readonly split: string;
}

/**
 * Collections that an encoder is measured on.
 *
 * @category Evaluation
 */
export interface Suite {
  /** Its name. */
  readonly name: string;
  /** Its collections; every name occurs once. */
  readonly collections: readonly SuiteEntry[];
}
