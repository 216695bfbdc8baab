import type { Command, Option } from "./arguments.ts";

/** Width of the help text. */
const COLUMNS = 80;

/** Width of the column of names; a longer name has a line to itself. */
const MOST_LEFT = 26;

/** Stands for a space that no line breaks at. */
const GLUE = "\u00a0";

/** The help text of a command. */
export function help(definition: Command): string {
  const positionals = definition.positionals.map(({ name, about }): Row => ({
    left: `<${name.replace("?", "")}>`,
    right: [about],
  }));
  const options = Object.entries(definition.options).map(([name, option]) => optionRow(name, option));
  const usage = definition.positionals.map(({ name }) =>
    name.endsWith("?") || name.endsWith("…") ? `[${name.replace("?", "")}]` : `<${name}>`
  );
  const lengths = [...positionals, ...options].map(({ left }) => left.length).filter((length) => length <= MOST_LEFT);
  const width = Math.max(10, ...lengths) + 2;
  return [
    `deno task ${[definition.name, ...usage].join(" ")} [options]`,
    "",
    ...wrap(definition.about, COLUMNS),
    ...section("Arguments", table(positionals, width)),
    ...section(
      "Options",
      table([...options, { left: "--json", right: ["end with one line of JSON for programs"] }, {
        left: "--help",
        right: ["show this text"],
      }], width),
    ),
    ...section("Examples", definition.examples.flatMap(exampleLines)),
  ].join("\n");
}

/** A name, and paragraphs about it. */
interface Row {
  readonly left: string;
  readonly right: readonly string[];
}

function optionRow(name: string, { type, placeholder, about, choices = [], default: fallback }: Option): Row {
  const value = type === "flag" ? "" : ` <${placeholder ?? (type === "list" ? "text" : type)}>`;
  const [, text, inWords = ""] = /^(.*?)( \[default: .*\])?$/s.exec(about)!;
  const names = choices.filter((choice) => typeof choice === "string");
  const listed = names.length > 0 ? ` (${names.join(", ")})` : "";
  const shown = fallback === undefined || fallback === false ? inWords : ` [default: ${fallback}]`;
  const parts = choices.filter((choice) => typeof choice !== "string");
  return {
    left: `--${name}${value}`,
    right: [
      `${text}${listed}${shown.length < 40 ? ` ${shown.slice(1).replaceAll(" ", GLUE)}` : shown}`.trimEnd(),
      ...parts.map((part) => `- ${part.name}: ${part.about}`),
    ],
  };
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", title, ...lines.map((line) => `  ${line}`)];
}

function table(rows: readonly Row[], width: number): string[] {
  return rows.flatMap(({ left, right }) => {
    const lines = right.flatMap((text, i) => wrap(text, COLUMNS - 2 - width, i === 0 ? "" : "  "));
    const indented = lines.map((line) => `${" ".repeat(width)}${line}`);
    return left.length > width - 2 ? [left, ...indented] : [`${left.padEnd(width)}${lines[0]}`, ...indented.slice(1)];
  });
}

/** A command line, broken before options in a form that a shell takes. */
function exampleLines(example: string): string[] {
  const glued = example.replaceAll(/(--[\w-]+) (?!--)/g, `$1${GLUE}`);
  const lines = wrap(`deno task ${glued}`, COLUMNS - 4, "    ");
  return lines.map((line, i) => i < lines.length - 1 ? `${line} \\` : line);
}

/** Breaks a text between words; lines after the first begin with `indent`. */
function wrap(text: string, columns: number, indent = ""): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1)!;
    if (line.trim() !== "" && line.length + 1 + word.length > columns) lines.push(`${indent}${word}`);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines.map((line) => line.replaceAll(GLUE, " "));
}
