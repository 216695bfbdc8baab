/**
 * A row of a file.
 *
 * @category Negatives
 */
export type RecordRow = Record<string, unknown>;

/**
 * A column's type: text, number, a list of either, a list of objects.
 *
 * @category Negatives
 */
export type Field = "text" | "number" | readonly ["text" | "number" | Readonly<Record<string, Field>>];
