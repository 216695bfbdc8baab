import * as arrow from "apache-arrow";
import type { Column } from "./types.ts";

/** The Arrow type of a column; `width` is the length of its vectors, `id` that of its dictionary. */
export function arrowType(column: Column, width: number, id: number): arrow.DataType {
  switch (column.kind) {
    case "utf8":
    case "json":
      return new arrow.Utf8();
    case "label":
      return new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32(), id);
    case "int32":
      return new arrow.Int32();
    case "float32":
      return new arrow.Float32();
    case "float64":
      return new arrow.Float64();
    case "bool":
      return new arrow.Bool();
    case "vector":
      return new arrow.FixedSizeList(width, new arrow.Field("item", new arrow.Float32(), false));
    default:
      return column.kind satisfies never;
  }
}

/** The words of a label by code, as the vector that all chunks share. */
export function dictionaryOf(words: ReadonlyMap<string, number>): arrow.Vector {
  return arrow.vectorFromArray([...words.keys()], new arrow.Utf8());
}
