import { KitError } from "../../core/errors.ts";
import { suggestion } from "../../core/nearest.ts";
import type { RotarySettings } from "../blocks/shape.ts";
import type { Config } from "../config.ts";

/** Layers that see the whole text, or a window. */
export type LayerKind = "full_attention" | "sliding_attention";

/** Scalings of rotary positions that are computed. */
const SCALINGS = ["default", "linear"];

/**
 * Reads the angles of rotary positions: `rope_parameters` of newer files, by kind of layer or for all of them, else
 * `rope_scaling` and the base under its own name.
 *
 * @throws {KitError} naming a scaling that is not computed, such as yarn.
 */
export function rotarySettings(
  config: Config,
  { kind = "full_attention", base, fallback }: { kind?: LayerKind; base: string; fallback: number },
): RotarySettings {
  const all = config.part("rope_parameters");
  const byKind = "full_attention" in all.values || "sliding_attention" in all.values;
  const given = byKind ? all.part(kind) : all;
  const scaling = Object.keys(given.values).length > 0 ? given : config.part("rope_scaling");
  const type = scaling.text("rope_type", scaling.text("type", "default"));
  if (!SCALINGS.includes(type)) {
    throw new KitError(`Unknown rotary scaling type "${type}": ${suggestion(type, SCALINGS)}`, {
      file: config.file,
      field: "rope_scaling",
    });
  }
  const share = scaling.number("partial_rotary_factor", 1);
  if (share !== 1) {
    throw new KitError(`Found ${share}, wanted 1: rotary positions of a part of each head are not computed`, {
      file: config.file,
      field: "partial_rotary_factor",
    });
  }
  const settings = { base: scaling.number("rope_theta", config.number(base, fallback)) };
  return type === "linear" ? { ...settings, factor: scaling.number("factor", 1) } : settings;
}

/** For each layer, whether it sees a window only: `layer_types`, or `fallback` by the layer's number. */
export function localLayers(config: Config, layers: number, fallback: (layer: number) => boolean): boolean[] {
  const types = config.values.layer_types ?? Array.from({ length: layers }, (_, i) => NAMES[+fallback(i)]);
  if (!Array.isArray(types) || types.length !== layers || types.some((type) => !NAMES.includes(type))) {
    const wanted = `a list of ${layers}, each ${NAMES.join(" or ")}`;
    throw new KitError(`Found ${JSON.stringify(types)}, wanted ${wanted}`, { file: config.file, field: "layer_types" });
  }
  return types.map((type) => type === "sliding_attention");
}

const NAMES: readonly string[] = ["full_attention", "sliding_attention"] satisfies LayerKind[];
