export { overlaps, shingles } from "./shingles.ts";
