import type { Dim } from "./types.ts";

/** Whether two shapes have equal names and numbers. */
export function sameShape(a: readonly Dim[], b: readonly Dim[]): boolean {
  return a.length === b.length && a.every((dim, axis) => dim === b[axis]);
}

/** The shape that both broadcast to, or undefined if they do not. A name broadcasts only with itself and with 1. */
export function broadcast(a: readonly Dim[], b: readonly Dim[]): Dim[] | undefined {
  const rank = Math.max(a.length, b.length);
  const shape: Dim[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1) return undefined;
    shape.push(left === 1 ? right : left);
  }
  return shape;
}

/** A product of dimensions: a number times names, sorted. */
interface Product {
  number: number;
  names: string[];
}

function factors(dims: readonly Dim[]): Product {
  let number = 1;
  const names: string[] = [];
  for (const dim of dims) {
    if (typeof dim === "number") {
      number *= dim;
      continue;
    }
    for (const part of factorsOf(dim)) {
      if (/^\d+$/.test(part)) number *= Number(part);
      else names.push(part);
    }
  }
  return { number, names: names.sort() };
}

/** Parts of a dimension between signs, ignoring signs within brackets. */
function parts(dim: string, sign: "+" | "*"): string[] {
  let depth = 0;
  const found = [""];
  for (const character of dim) {
    if (character === "(") depth++;
    if (character === ")") depth--;
    if (character === sign && depth === 0) found.push("");
    else found[found.length - 1] += character;
  }
  return found;
}

/** The factors of a dimension, without the brackets around sums. A sum is one factor. */
export function factorsOf(dim: string): string[] {
  if (parts(dim, "+").length > 1) return [dim];
  return parts(dim, "*").map((part) => part.startsWith("(") ? part.slice(1, -1) : part);
}

/** Product of dimensions as one dimension, such as `batch*length`, `12*batch` or `2*(queries+documents)`. */
export function product(dims: readonly Dim[]): Dim {
  const { number, names } = factors(dims);
  if (names.length === 0 || number === 0) return number;
  if (number === 1 && names.length === 1) return names[0];
  const bracketed = names.map((name) => name.includes("+") ? `(${name})` : name);
  return (number === 1 ? bracketed : [String(number), ...bracketed]).join("*");
}

/** `whole / part` as one dimension, or undefined unless it surely divides. */
export function quotient(whole: readonly Dim[], part: readonly Dim[]): Dim | undefined {
  const above = factors(whole);
  const below = factors(part);
  for (const name of below.names) {
    const index = above.names.indexOf(name);
    if (index < 0) return undefined;
    above.names.splice(index, 1);
  }
  if (below.number === 0 || above.number % below.number !== 0) return undefined;
  return product([above.number / below.number, ...above.names]);
}

/** Sum of dimensions as one dimension, such as `queries+documents` or `2*rows`. */
export function sum(dims: readonly Dim[]): Dim {
  let number = 0;
  const counts = new Map<string, number>();
  for (const dim of dims) {
    if (typeof dim === "number") number += dim;
    else counts.set(dim, (counts.get(dim) ?? 0) + 1);
  }
  if (counts.size === 0) return number;
  const terms = [...counts].flatMap(([name, count]) =>
    name.includes("+") ? new Array<Dim>(count).fill(name) : [product([count, name])]
  );
  return [...terms, ...(number === 0 ? [] : [number])].join("+");
}

/** Whether two shapes surely differ in their number of elements: equal names times different numbers. */
export function differInSize(a: readonly Dim[], b: readonly Dim[]): boolean {
  const [left, right] = [factors(a), factors(b)];
  return left.number !== right.number && left.names.join() === right.names.join();
}

/** Value of a dimension, or undefined if a name is unknown. Reads what {@link product} and {@link sum} write. */
export function evaluate(dim: Dim, names: ReadonlyMap<string, number>): number | undefined {
  if (typeof dim === "number") return dim;
  const known = names.get(dim);
  if (known !== undefined) return known;
  let total = 0;
  for (const term of parts(dim, "+")) {
    let value = 1;
    for (const factor of factorsOf(term)) {
      const number = /^\d+$/.test(factor)
        ? Number(factor)
        : factor.includes("+")
        ? evaluate(factor, names)
        : names.get(factor);
      if (number === undefined) return undefined;
      value *= number;
    }
    total += value;
  }
  return total;
}
