/**
 * The reference of public names, at run time.
 *
 * @module
 */
export { help, type HelpPage } from "./help.ts";
