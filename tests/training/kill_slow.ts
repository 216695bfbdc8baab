import { killTrainings } from "./kill.ts";

Deno.test("a training killed at twenty random moments ends with the same bits and events", () => killTrainings(20));
