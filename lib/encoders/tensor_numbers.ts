/** Numbers of a tensor as float32; undefined for a type that is not one of real numbers. */
export function floats(bytes: Uint8Array<ArrayBuffer>, dtype: string): Float32Array | undefined {
  switch (dtype) {
    case "F32":
      return new Float32Array(bytes.buffer);
    case "F64":
      return Float32Array.from(new Float64Array(bytes.buffer));
    case "I8":
      return Float32Array.from(new Int8Array(bytes.buffer));
    case "BF16": {
      const halves = new Uint16Array(bytes.buffer);
      const words = new Uint32Array(halves.length);
      for (let i = 0; i < halves.length; i++) words[i] = halves[i] << 16;
      return new Float32Array(words.buffer);
    }
    case "F16": {
      const halves = new Uint16Array(bytes.buffer);
      const data = new Float32Array(halves.length);
      for (let i = 0; i < halves.length; i++) data[i] = half(halves[i]);
      return data;
    }
  }
}

/** IEEE 754 binary16 as a number. */
function half(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const magnitude = exponent === 0
    ? fraction * 2 ** -24
    : exponent === 31
    ? (fraction === 0 ? Infinity : NaN)
    : (1 + fraction / 1024) * 2 ** (exponent - 15);
  return bits & 0x8000 ? -magnitude : magnitude;
}

/** Numbers of a tensor of whole numbers; undefined for another type. */
export function integers(bytes: Uint8Array<ArrayBuffer>, dtype: string): Int32Array | undefined {
  if (dtype === "I32") return new Int32Array(bytes.buffer);
  return dtype === "I64" ? Int32Array.from(new BigInt64Array(bytes.buffer), Number) : undefined;
}
