import type { z } from "zod";

/** What zod found wrong, with the path of each field below `root`. */
export function explainIssues(root: string, error: z.ZodError): string {
  return error.issues.map((issue) => `${[root, ...issue.path.map(String)].filter(Boolean).join(".")}: ${issue.message}`)
    .join("; ");
}
