/** Column width (3.3 inch) or page width (6.9 inch) of a paper. */
export type Width = "column" | "page";

/** A chart: shows itself in a notebook, saves itself as SVG, PNG or PDF by the file's ending. */
export interface Chart {
  /** The Vega-Lite v5 specification, data included. */
  readonly spec: Record<string, unknown>;
  svg(options?: { width?: Width }): Promise<string>;
  save(path: string, options?: { width?: Width; overwrite?: boolean }): Promise<void>;
}
