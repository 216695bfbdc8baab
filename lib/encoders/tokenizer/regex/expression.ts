/** What a regular expression says. */
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
  /** Matched once: it never gives back what it took. */
  | { readonly kind: "atomic"; readonly part: Expression }
  | { readonly kind: "look"; readonly part: Expression; readonly negative: boolean; readonly behind: number }
  | { readonly kind: "place"; readonly place: Place };

/** Places between characters: line and text bounds, word bounds. */
export type Place = "^" | "$" | "\\A" | "\\z" | "\\Z" | "\\b" | "\\B";

/** Number of characters that an expression matches; undefined if it varies. */
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
