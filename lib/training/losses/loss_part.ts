import type * as z from "zod";
import { parseOptions } from "../../core/parse_options.ts";
import type { Tensor } from "../../graph/graph.ts";
import type { Loss, LossInputs, LossNeeds, LossPart, LossWrapperPart } from "./types.ts";

interface Described<Name extends string, Options extends z.ZodObject> {
  name: Name;
  about: string;
  options: Options;
}

/** Defines a loss; its full name lists `options`, or the settings that `resolve` makes of them. */
export function lossPart<Name extends string, Options extends z.ZodObject, Settings = z.output<Options>>(
  { needs = {}, resolve = (options) => options as Settings, build, ...part }: Described<Name, Options> & {
    needs?: LossNeeds | ((settings: Settings) => LossNeeds);
    resolve?: (options: z.output<Options>) => Settings;
    build: (inputs: LossInputs, settings: Settings) => Tensor;
  },
): LossPart<Name> {
  return {
    ...part,
    make(options) {
      const settings = resolve(options as z.output<Options>);
      return {
        name: lossName(part.name, settings as object),
        needs: typeof needs === "function" ? needs(settings) : needs,
        build: (inputs) => build(inputs, settings),
      };
    },
  };
}

/** Defines a loss around another; its needs are added to that loss's. */
export function wrapperPart<Name extends string, Options extends z.ZodObject, Settings = z.output<Options>>(
  { needs = {}, resolve = (options) => options as Settings, build, ...part }: Described<Name, Options> & {
    needs?: LossNeeds;
    resolve?: (options: z.output<Options>) => Settings;
    build: (loss: Loss, inputs: LossInputs, settings: Settings) => Tensor;
  },
): LossWrapperPart<Name> {
  return {
    ...part,
    make(options, loss) {
      const settings = resolve(options as z.output<Options>);
      return {
        name: lossName(part.name, { loss: loss.name, ...settings }),
        needs: { ...loss.needs, ...needs },
        build: (inputs) => build(loss, inputs, settings),
      };
    },
  };
}

/** Checks options and makes the loss of a part, for the function of that name. */
export function makeLoss(part: LossPart, options: object): Loss {
  return part.make(parseOptions(part.name, part.options as z.ZodObject, options));
}

/** {@link makeLoss} around another loss. */
export function wrapLoss(part: LossWrapperPart, loss: Loss, options: object): Loss {
  return part.make(parseOptions(part.name, part.options as z.ZodObject, options), loss);
}

/** `triplet(margin=0.1)`; lists are joined by "+". */
function lossName(name: string, settings: object): string {
  const shown = Object.entries(settings).map(([key, value]) =>
    `${key}=${Array.isArray(value) ? value.join("+") : value}`
  );
  return `${name}(${shown.join(", ")})`;
}
