import * as z from "zod";
import { SOURCES } from "../../tables/mod.ts";
import { LOSS_WRAPPERS } from "../../training/mod.ts";
import { NEGATIVES_KEYS } from "./expand_arm.ts";
import { freeOptions, type PartOfSchema, PARTS_OF_SCHEMA } from "./part_schema.ts";
import { PART_SCHEMAS } from "./parts.ts";
import { isPlain, type Plain } from "./plain.ts";
import { CONFIG } from "./schema.ts";

/**
 * JSON schema of configuration files, for editors: every key, the parts of every registry with their options, and the
 * short forms of arms.
 *
 * @category Experiments
 *
 * @example
 * ```ts
 * import { configSchema } from "../mod.ts";
 * console.log(Object.keys(configSchema().properties as object).includes("arms")); // true
 * ```
 */
export function configSchema(): Record<string, unknown> {
  const whole = z.toJSONSchema(CONFIG, { io: "input", unrepresentable: "any", override: withParts }) as Plain;
  const { arms, ...properties } = whole.properties as Record<string, Plain>;
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "SyNeg Kit experiment",
    description: "Every key is optional; missing ones are those of the preset or file that it extends.",
    type: "object",
    properties: {
      $schema: { type: "string" },
      extends: { type: "string", description: "preset or configuration file; by default facets" },
      ...Object.fromEntries(Object.entries(properties).map(([key, schema]) => [key, optional(schema)])),
      arms: armsSchema(arms.items as Plain),
    },
    additionalProperties: false,
    $defs: definitions(),
  };
}

/** Replaces the schema of a part, which zod checks by code, by a reference to the registry's names and options. */
function withParts({ zodSchema, jsonSchema }: { zodSchema: object; jsonSchema: Plain }): void {
  const part = PARTS_OF_SCHEMA.get(zodSchema);
  if (part) jsonSchema.$ref = referenceTo(part.registry.kind);
}

function referenceTo(kind: string): string {
  return `#/$defs/${definitionName(kind)}`;
}

function definitionName(kind: string): string {
  return kind.replaceAll(" ", "-");
}

/** The parts of every registry that a configuration names, with their options. */
function definitions(): Plain {
  return Object.fromEntries(
    Object.values(PART_SCHEMAS).map((schema) => PARTS_OF_SCHEMA.get(elementOf(schema))!)
      .map((part) => [definitionName(part.registry.kind), { anyOf: formsOf(part) }]),
  );
}

function elementOf(schema: z.ZodType): object {
  return schema instanceof z.ZodArray ? schema.element : schema;
}

/** A part as its name alone, unless it needs more, or as an object. */
function formsOf(part: PartOfSchema): Plain[] {
  const { registry, beside } = part;
  const objects = registry.parts.map((each) => {
    const schema = z.toJSONSchema(freeOptions(each, part), { io: "input", unrepresentable: "any" }) as Plain;
    const { $schema: _, properties = {}, required = [], ...rest } = schema;
    return {
      ...rest,
      description: each.about,
      properties: { name: { const: each.name }, ...properties as Plain },
      required: ["name", ...required as string[]],
    };
  });
  if (Object.keys(beside).length > 0) return objects;
  return [{ enum: registry.parts.map(({ name }) => name), description: `name of a ${registry.kind}` }, ...objects];
}

/** Objects of which a file may give some keys only. */
function optional(schema: Plain): Plain {
  const { required: _, ...rest } = schema;
  if (!isPlain(rest.properties)) return rest;
  if (!isPlain(rest.properties.loss)) return rest;
  // A wrapper as loss goes around the loss of all arms.
  const around = { $ref: referenceTo(LOSS_WRAPPERS.kind) };
  return { ...rest, properties: { ...rest.properties, loss: { anyOf: [rest.properties.loss, around] } } };
}

/** Arms by name in their short forms, or the list of full ones. */
function armsSchema(full: Plain): Plain {
  const { name: _, negatives, train, ...rest } = full.properties as Record<string, Plain>;
  const own = negatives.properties as Record<string, Plain>;
  const refresh = { anyOf: [{ type: "integer", minimum: 0 }, own.refresh] };
  const settings: Plain = {
    type: "object",
    properties: {
      ...rest,
      negatives: optional({ ...negatives, properties: { ...own, refresh } }),
      train: optional(train),
      ...Object.fromEntries(NEGATIVES_KEYS.map((key) => [key, key === "refresh" ? refresh : own[key]])),
      ...Object.fromEntries(SOURCES.map((source) => [source, {
        type: "number",
        minimum: 0,
        description: `negatives of source ${source} per instance`,
      }])),
    },
    additionalProperties: false,
  };
  const named = { ...settings, properties: { name: { type: "string" }, ...settings.properties as Plain } };
  return {
    anyOf: [
      {
        type: "object",
        additionalProperties: { anyOf: [{ type: "null" }, rest.method, settings] },
        description: 'arms by name: null for the untrained encoder, { "random": 2 } for two random negatives',
      },
      { type: "array", items: { ...named, required: ["name"] }, minItems: 1 },
    ],
  };
}
