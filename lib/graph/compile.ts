import { checkOptions, type OptionKinds } from "../core/options.ts";
import { InferenceSession, listSupportedBackends } from "onnxruntime-node";
import { ArgumentError, KitError } from "../core/errors.ts";
import { fixedInputs, plan } from "./plan.ts";
import { serialize } from "./serialize.ts";
import { native, Session } from "./session.ts";
import { sideSession } from "./side_session.ts";
import type { Tensor } from "./graph.ts";
import type { Value } from "./types.ts";

/**
 * Options of {@link compile}.
 *
 * @category Graph
 */
export interface CompileOptions {
  /**
   * Threads within one operation; 0 uses all cores.
   *
   * @default {0}
   */
  threads?: number;
  /**
   * Execution provider by ONNX Runtime's name: cpu, or webgpu, cuda, coreml or dml if the machine has it.
   *
   * @default {"cpu"}
   */
  provider?: string;
  /**
   * Whether the session returns its outputs in buffers that its next run overwrites.
   *
   * @default {false}
   */
  reuseOutputs?: boolean;
  /**
   * Fixed values of parameters by name. They are copied and never fed, and products with them run slightly faster.
   */
  weights?: Readonly<Record<string, Value>>;
  /**
   * Fixed values of inputs by name. With them the session runs in its own worker, in parallel with this thread and other
   * such sessions; the numbers are the same. Omit to compute on this thread.
   */
  beside?: Readonly<Record<string, Value>>;
  /** Prefix of the file to which ONNX Runtime writes a profile. Omit for none. */
  profile?: string;
}

const COMPILE_OPTIONS: OptionKinds<CompileOptions> = {
  threads: "number",
  provider: "string",
  reuseOutputs: "boolean",
  weights: "object",
  beside: "object",
  profile: "string",
};

/**
 * Makes a session that computes named outputs of a graph. Whatever they do not depend on is left out.
 *
 * @throws {ArgumentError} if outputs belong to different graphs, a name is taken, weights have the wrong type or shape, or
 *   the machine lacks the provider
 * @throws {KitError} if ONNX Runtime rejects the graph
 *
 * @example
 * ```ts
 * import { compile, Graph, mul } from "@syneg/kit/graph";
 * const x = new Graph().input("x", { shape: ["n"] });
 * await using session = await compile({ double: mul(x, 2) });
 * const { double } = await session.run({ x: { data: Float32Array.of(1, 2), shape: [2] } });
 * console.log(double.data, double.shape); // Float32Array(2) [ 2, 4 ] [ 2 ]
 * ```
 *
 * @category Graph
 */
export async function compile(outputs: Record<string, Tensor>, options: CompileOptions = {}): Promise<Session> {
  checkOptions<CompileOptions>("compile", options, COMPILE_OPTIONS);
  const { threads = 0, provider = "cpu", reuseOutputs = false, weights = {}, beside, profile } = options;
  if (!Number.isInteger(threads) || threads < 0) {
    throw new ArgumentError(`threads must be an integer >= 0, found ${threads}`);
  }
  const known = listSupportedBackends().map((backend) => backend.name);
  if (!known.includes(provider)) {
    throw new ArgumentError(`Cannot use the execution provider "${provider}": this machine has ${known.join(", ")}`);
  }
  const planned = plan(outputs, (name) => weights[name] === undefined);
  const fixed = fixedInputs(planned, weights);
  try {
    const model = serialize(planned, { weights: fixed });
    const settings: InferenceSession.SessionOptions = {
      executionProviders: provider === "cpu" ? ["cpu"] : [provider, "cpu"],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: "sequential",
      // Shapes change from step to step; with memory patterns the first runs of every shape are slow.
      enableMemPattern: false,
      logSeverityLevel: 3,
      ...(profile === undefined ? {} : { enableProfiling: true, profileFilePrefix: profile }),
    };
    const inputs = planned.inputs.filter(({ name }) => !fixed.has(name));
    const held = inputs.flatMap((input) =>
      beside?.[input.name] ? [[input.name, native(input, beside[input.name])]] : []
    );
    const session = beside
      ? await sideSession(model, settings, Object.fromEntries(held))
      : await InferenceSession.create(model, settings);
    return new Session(session, { ...planned, inputs }, { reuse: reuseOutputs });
  } catch (error) {
    throw new KitError(`Cannot compile the graph for "${provider}": ${(error as Error).message}`, {}, { cause: error });
  }
}
