import { ArgumentError } from "../core/errors.ts";
import type { Plan, PlannedNode } from "./plan.ts";
import { Message } from "./protobuf.ts";
import type { Tensor } from "./graph.ts";
import { type Attribute, type Dim, type DType, ELEMENT_TYPE, type Numbers, type Value } from "./types.ts";

/** Operator sets of the models. */
const OPSETS: readonly (readonly [domain: string, version: number])[] = [["", 20], ["com.microsoft", 1]];
const IR_VERSION = 9;
/** Largest message that protobuf allows. */
const MESSAGE_LIMIT = 2 ** 31 - 1;

/** Position of a tensor's bytes in a file beside the model. */
export interface External {
  readonly location: string;
  readonly offset: number;
}

/** Options of {@link serialize}. */
export interface SerializeOptions {
  /** Values of inputs to write into the model, as initializers. */
  weights?: ReadonlyMap<string, Value>;
  /** Weights in a file beside the model. */
  external?: ReadonlyMap<string, External>;
}

/**
 * Writes a plan as an ONNX ModelProto.
 *
 * @throws {ArgumentError} if the model is larger than protobuf allows
 */
export function serialize(
  plan: Plan,
  { weights = new Map(), external = new Map() }: SerializeOptions = {},
): Uint8Array {
  const graph = new Message();
  for (const node of plan.nodes) graph.message(1, nodeProto(node));
  graph.string(2, "syneg");
  for (const { name, dtype, origin, shape } of plan.constants) {
    if (origin.kind === "constant") graph.message(5, tensorProto(name, { dtype, shape, data: origin.data }));
  }
  for (const input of plan.inputs) {
    const value = weights.get(input.name);
    if (value) {
      graph.message(5, tensorProto(input.name, { ...value, dtype: input.dtype, external: external.get(input.name) }));
    } else graph.message(11, valueInfo(input.name, input));
  }
  for (const [name, tensor] of plan.outputs) graph.message(12, valueInfo(name, tensor));
  const model = new Message().int(1, IR_VERSION).string(2, "SyNeg Kit").message(7, graph);
  for (const [domain, version] of OPSETS) model.message(8, new Message().string(1, domain).int(2, version));
  if (model.size > MESSAGE_LIMIT) {
    throw new ArgumentError(
      `Cannot write a model of ${model.size} bytes in one message: put its weights in a file beside it`,
    );
  }
  return model.encode();
}

function nodeProto({ op, domain, inputs, outputs, attributes }: PlannedNode): Message {
  const message = new Message();
  for (const input of inputs) message.string(1, input);
  for (const output of outputs) message.string(2, output);
  message.string(3, `${op} ${outputs[0]}`).string(4, op);
  for (const [name, value] of Object.entries(attributes)) message.message(5, attributeProto(name, value));
  if (domain !== "") message.string(7, domain);
  return message;
}

function attributeProto(name: string, value: Attribute): Message {
  const message = new Message().string(1, name);
  if ("int" in value) return message.int(3, value.int).int(20, 2);
  if ("float" in value) return message.float(2, value.float).int(20, 1);
  if ("string" in value) return message.string(4, value.string).int(20, 3);
  for (const each of value.ints) message.int(8, each);
  return message.int(20, 7);
}

function tensorProto(
  name: string,
  { dtype, shape, data, external }: { dtype: DType; shape: readonly Dim[]; data: Numbers; external?: External },
): Message {
  const message = new Message();
  for (const dim of shape) message.int(1, Number(dim));
  message.int(2, ELEMENT_TYPE[dtype]).string(8, name);
  if (!external) return message.bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  const entries = { location: external.location, offset: external.offset, length: data.byteLength };
  for (const [key, value] of Object.entries(entries)) {
    message.message(13, new Message().string(1, key).string(2, String(value)));
  }
  return message.int(14, 1);
}

function valueInfo(name: string, { dtype, shape }: Tensor): Message {
  const dims = new Message();
  for (const dim of shape) {
    dims.message(1, typeof dim === "number" ? new Message().int(1, dim) : new Message().string(2, dim));
  }
  const tensor = new Message().int(1, ELEMENT_TYPE[dtype]).message(2, dims);
  return new Message().string(1, name).message(2, new Message().message(1, tensor));
}
