import type { Command } from "./arguments.ts";

/** Width of the help text. */
const COLUMNS = 80;

/** Width of the column of names; a longer name has a line to itself. */
const MOST_LEFT = 26;

/** The help text of a command. */
export function help(definition: Command): string {
  const positionals = definition.positionals.map(({ name, about }) => [`<${name.replace("?", "")}>`, about]);
  const options = Object.entries(definition.options).map(([name, option]) => {
    const value = option.type === "flag"
      ? ""
      : ` <${option.placeholder ?? (option.type === "list" ? "text" : option.type)}>`;
    const choices = option.choices ? ` (${option.choices.join(", ")})` : "";
    const fallback = option.default === undefined || option.default === false ? "" : ` [default: ${option.default}]`;
    return [`--${name}${value}`, `${option.about}${choices}${fallback}`];
  });
  const usage = definition.positionals.map(({ name }) =>
    name.endsWith("?") || name.endsWith("…") ? `[${name.replace("?", "")}]` : `<${name}>`
  );
  const all = [...positionals, ...options].map(([left]) => left.length).filter((length) => length <= MOST_LEFT);
  const width = Math.max(10, ...all) + 2;
  return [
    `deno task ${[definition.name, ...usage].join(" ")} [options]`,
    "",
    ...wrap(definition.about, COLUMNS),
    ...section("Arguments", table(positionals, width)),
    ...section("Options", table([...options, ["--help", "show this text"]], width)),
    ...section("Examples", definition.examples.flatMap((example) => wrap(`deno task ${example}`, COLUMNS - 6, "    "))),
  ].join("\n");
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", title, ...lines.map((line) => `  ${line}`)];
}

/** Rows of a name and what it is about. */
function table(rows: readonly string[][], width: number): string[] {
  return rows.flatMap(([left, right]) => {
    const lines = wrap(right, COLUMNS - 2 - width).map((line) => `${" ".repeat(width)}${line}`);
    return left.length > width - 2
      ? [left, ...lines]
      : [`${left.padEnd(width)}${lines[0].trimStart()}`, ...lines.slice(1)];
  });
}

/** Breaks a text between words; lines after the first begin with `indent`. */
function wrap(text: string, columns: number, indent = ""): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1)!;
    if (line.trim() !== "" && line.length + 1 + word.length > columns) lines.push(`${indent}${word}`);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines;
}
