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
   * Threads of one operation.
   *
   * @default {0} as many as there are cores
   */
  threads?: number;
  /**
   * Execution provider by ONNX Runtime's name: cpu, or webgpu, cuda, coreml, dml where the machine has it.
   *
   * @default {"cpu"}
   */
  provider?: string;
  /**
   * Whether outputs stand in buffers of the session that its next run overwrites.
   *
   * @default {false}
   */
  reuseOutputs?: boolean;
  /**
   * Values of parameters by name that do not change any more: they are copied, are not fed, and products with them are a
   * little faster.
   */
  weights?: Readonly<Record<string, Value>>;
  /**
   * Values of inputs that never change. With them the session computes in a worker of its own, beside this thread and
   * other such sessions; the numbers are the same.
   *
   * @default {undefined} it computes on this thread
   */
  beside?: Readonly<Record<string, Value>>;
  /**
   * Prefix of the file to which ONNX Runtime writes a profile.
   *
   * @default {undefined}
   */
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
 * Makes a session that computes named outputs of a graph. What they do not need is left out.
 *
 * @throws {ArgumentError} if outputs belong to different graphs, a name is taken, weights have another type or shape, or the
 *   provider is not there
 * @throws {KitError} if ONNX Runtime refuses the graph
 * @category Graph
 */
export async function compile(outputs: Record<string, Tensor>, options: CompileOptions = {}): Promise<Session> {
  checkOptions<CompileOptions>("compile", options, COMPILE_OPTIONS);
  const { threads = 0, provider = "cpu", reuseOutputs = false, weights = {}, beside, profile } = options;
  if (!Number.isInteger(threads) || threads < 0) {
    throw new ArgumentError(`Cannot use ${threads} threads: want 0 or more`);
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
