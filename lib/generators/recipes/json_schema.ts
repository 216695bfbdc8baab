import * as z from "zod";

/** The JSON schema of a reply, without `$schema`, which some servers refuse. */
export function jsonSchema(reply: z.ZodType): Readonly<Record<string, unknown>> {
  const { $schema: _, ...schema } = z.toJSONSchema(reply);
  return schema;
}
