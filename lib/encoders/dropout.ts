import { random } from "../core/random.ts";
import type { Graph } from "../graph/graph.ts";
import { add, gather, mul, slice } from "../graph/mod.ts";
import type { Tensor } from "../graph/graph.ts";
import type { Feeds } from "../graph/types.ts";

/** Rows of dropout factors beyond a batch's tokens, so that each layer's output can start at another row. */
const SHIFTS = 256;

/** Where dropout is applied: its matrix of factors. */
export interface DropoutMatrix {
  /** Name of the input. */
  readonly name: "dropout" | "adapter_dropout";
  /** Most numbers of a row that is dropped from. */
  readonly width: number;
}

/**
 * Dropout at several places of a network, from one fed matrix of factors, 0 or 1/(1-p). Each place starts at another row
 * of it; drawing separate factors would take as long as the network.
 */
export function dropoutPlaces(
  graph: Graph,
  { name, width, places }: DropoutMatrix & { places: number },
): (rows: Tensor, first: number) => (x: Tensor) => Tensor {
  const factors = graph.input(name, { shape: ["factors", width] });
  const order = random(name).sample(SHIFTS, Math.min(SHIFTS, places));
  return (rows, first) => {
    let place = first;
    return (x) => {
      const shift = graph.constant(order[place++ % order.length], { dtype: "int32" });
      return mul(x, slice(gather(factors, add(rows, shift)), { axis: 1, start: 0, end: x.shape[1] as number }));
    };
  };
}

/** Inputs of {@link dropoutPlaces} for one batch. */
export function dropoutFeeds(
  tokens: number,
  { name, width }: DropoutMatrix,
  { dropout, seed }: { dropout: number; seed: number },
): Feeds {
  const draw = random(seed).fork(name);
  const limit = dropout * 2 ** 32;
  const data = new Float32Array((tokens + SHIFTS) * width);
  for (let i = 0; i < data.length; i++) if (draw.bits() >= limit) data[i] = 1 / (1 - dropout);
  return {
    [name]: { data, shape: [tokens + SHIFTS, width] },
    dropout_rows: { data: Int32Array.from({ length: tokens }, (_, i) => i), shape: [tokens] },
  };
}
