import { ArgumentError } from "../core/errors.ts";

/** The name of a model. @throws {ArgumentError} if there is none. */
export function modelName(model: string | undefined): string {
  if (model) return model;
  throw new ArgumentError("model must be the server's name of a model, found none; or replay recorded replies", {
    field: "model",
  });
}

/** Items per request. @throws {ArgumentError} unless the count is an integer >= 1. */
export function checkCount(count: number, field = "count"): number {
  if (Number.isInteger(count) && count >= 1) return count;
  throw new ArgumentError(`${field} must be an integer >= 1, found ${count}`, { field });
}
