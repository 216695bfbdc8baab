/** Content of a slot of a flatbuffer's table: a number of this many bytes, a string, a table, a vector. */
export type Slot = number | "string" | Shape | { vector: number | Shape } | {
  union: (tag: number) => Shape | undefined;
};

/** The slots of a table in order; a function, because tables nest. */
export type Shape = () => readonly Slot[];

/** Maximum visits of tables. */
const BUDGET = 200_000;
const DEEPEST = 24;

/**
 * Verifies that every offset and length in a flatbuffer stays inside it. The reader of Arrow's metadata does not: a few
 * flipped bits could make it loop for minutes or fill the memory. Format: https://flatbuffers.dev/internals
 *
 * @throws {RangeError} naming what leaves the buffer.
 */
export function verifyFlatbuffer(bytes: Uint8Array, root: Shape): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let budget = BUDGET;

  const inside = (at: number, length: number, what: string) => {
    if (!(at >= 0 && length >= 0 && at + length <= bytes.length)) throw new RangeError(`${what} leaves its metadata`);
  };
  const jump = (at: number, what: string) => {
    inside(at, 4, what);
    return at + view.getUint32(at, true);
  };

  const table = (at: number, shape: Shape, depth: number) => {
    if (depth > DEEPEST || budget-- <= 0) throw new RangeError("its metadata is nested too deep");
    inside(at, 4, "a table");
    const vtable = at - view.getInt32(at, true);
    inside(vtable, 4, "a table of slots");
    const vtableSize = view.getUint16(vtable, true);
    const tableSize = view.getUint16(vtable + 2, true);
    if (vtableSize < 4) throw new RangeError("a table of slots is too short");
    inside(vtable, vtableSize, "a table of slots");
    inside(at, tableSize, "a table");
    let tag = 0;
    shape().forEach((slot, i) => {
      const offset = 4 + 2 * i < vtableSize ? view.getUint16(vtable + 4 + 2 * i, true) : 0;
      if (offset === 0) return void (tag = 0);
      const size = typeof slot === "number" ? slot : 4;
      if (offset + size > tableSize) throw new RangeError("a slot leaves its table");
      // The slot before a union holds its tag.
      if (slot === 1) tag = bytes[at + offset];
      else if (typeof slot !== "number") reference(at + offset, slot, tag, depth);
    });
  };

  const reference = (at: number, slot: Exclude<Slot, number>, tag: number, depth: number) => {
    const target = jump(at, "a reference");
    if (typeof slot === "function") return table(target, slot, depth + 1);
    if (slot !== "string" && "union" in slot) {
      const shape = slot.union(tag);
      return shape && table(target, shape, depth + 1);
    }
    inside(target, 4, "a vector");
    const length = view.getUint32(target, true);
    const element = slot === "string" ? 1 : slot.vector;
    inside(target + 4, length * (typeof element === "number" ? element : 4), slot === "string" ? "a text" : "a vector");
    if (typeof element === "number") return;
    for (let i = 0; i < length; i++) table(jump(target + 4 + 4 * i, "a vector"), element, depth + 1);
  };

  table(jump(0, "the root"), root, 0);
}
