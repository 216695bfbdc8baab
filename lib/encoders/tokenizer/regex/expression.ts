/** A parsed regular expression. */
export type Expression =
  | { readonly kind: "set"; readonly source: string; readonly ignoreCase: boolean }
  | { readonly kind: "all"; readonly parts: readonly Expression[] }
  | { readonly kind: "any"; readonly parts: readonly Expression[] }
  | {
    readonly kind: "repeat";
    readonly part: Expression;
    readonly least: number;
    readonly most: number;
    readonly greedy: boolean;
  }
  /** Never backtracks into its match. */
  | { readonly kind: "atomic"; readonly part: Expression }
  | { readonly kind: "look"; readonly part: Expression; readonly negative: boolean; readonly behind: number }
  | { readonly kind: "place"; readonly place: Place };

/** Assertions between characters: bounds of lines, the text, and words. */
export type Place = "^" | "$" | "\\A" | "\\z" | "\\Z" | "\\b" | "\\B";

/** Length of the matches of an expression in characters; undefined if it varies. */
export function width(expression: Expression): number | undefined {
  switch (expression.kind) {
    case "set":
      return 1;
    case "all":
      return expression.parts.map(width).reduce((a, b) => a === undefined || b === undefined ? undefined : a + b, 0);
    case "any": {
      const [first, ...rest] = expression.parts.map(width);
      return rest.every((each) => each === first) ? first : undefined;
    }
    case "repeat": {
      const each = width(expression.part);
      return expression.least === expression.most && each !== undefined ? each * expression.least : undefined;
    }
    case "atomic":
      return width(expression.part);
    case "look":
    case "place":
      return 0;
    default:
      return expression satisfies never;
  }
}
